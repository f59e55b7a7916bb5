import { expect, test } from 'vitest';
import { cause, type HangupCause } from '../domain/hangup-cause.ts';
import type { AriConnection } from './ari-connection.ts';
import { parseProgress } from './call-progress.ts';
import { AriTrunkCalls } from './trunk-calls.ts';

const [first, second, sound] = ['il-aaaaaaaaaaaaaaaa', 'il-bbbbbbbbbbbbbbbb', 'il-cccccccccccccccc'] as const;

const channels = [
  { id: 'silent', name: `PJSIP/${first}-00000001`, state: 'Down' },
  { id: 'rings', name: `PJSIP/${first}-00000002`, state: 'Ringing' },
  { id: 'comes in', name: `PJSIP/${first}-00000003`, state: 'Ring' },
  { id: 'talks', name: `PJSIP/${first}-00000004`, state: 'Up' },
  { id: 'silent too', name: `PJSIP/${second}-00000005`, state: 'Down' },
  { id: 'with an announcement', name: `PJSIP/${second}-00000009`, state: 'Down' },
  { id: 'of chan_iax2', name: `IAX2/${second}-6`, state: 'Down' },
  { id: 'of a trunk that answers', name: `PJSIP/${sound}-00000007`, state: 'Down' },
  { id: 'of a phone', name: 'PJSIP/101-00000008', state: 'Down' },
];

test('of trunks that fail together, the calls are given up that nobody has answered anything to', async () => {
  let asked = 0;
  const ended: [string, HangupCause][] = [];
  const ari = { call: async () => ((asked += 1), channels) } as unknown as AriConnection;
  const hangUp = async (id: string, reason: HangupCause): Promise<void> => void ended.push([id, reason]);
  const calls = new AriTrunkCalls(ari, {
    hangUp,
    variable: async (id) => `caller of ${id}`,
    progress: async (id) => parseProgress(id.includes('announcement') ? 'Ring||40||' : 'Ring||||'),
  });

  await Promise.all([calls.giveUp(first), calls.giveUp(second)]);
  await expect.poll(() => ended).toHaveLength(2);
  expect(ended).toEqual([
    ['silent', cause.networkOutOfOrder],
    ['silent too', cause.networkOutOfOrder],
  ]);
  expect(asked).toBe(1);
  await calls.giveUp('');
  expect(ended).toHaveLength(2);
  await calls.giveUp(sound);
  expect(ended.at(-1)).toEqual(['of a trunk that answers', cause.networkOutOfOrder]);
});
