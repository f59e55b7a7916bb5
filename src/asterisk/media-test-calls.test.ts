import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { activeInterlink } from '../domain/testing/samples.ts';
import type { AriConnection } from './ari-connection.ts';
import { MediaTestCalls } from './media-test-calls.ts';

test('what a call came to is told when Asterisk went away meanwhile', async () => {
  const ari = new EventEmitter();
  const call = async (_resource: string, operation: string, params: object): Promise<unknown> => {
    if (operation === 'hangup') throw new Error('no connection to Asterisk');
    const { otherChannelId } = params as { otherChannelId?: string };
    if (otherChannelId !== undefined) {
      setImmediate(() =>
        ari.emit('StasisStart', { channel: { id: otherChannelId }, args: ['over', '21', 'Down|||'] }),
      );
    }
    return undefined;
  };
  const calls = new MediaTestCalls(
    Object.assign(ari, { call }) as unknown as AriConnection,
    { need: async () => ({ [Symbol.dispose]: () => undefined }) },
    'interlinks',
  );
  expect(await calls.call(activeInterlink('Lisbon'), 't')).toEqual({ ended: 21 });
});
