import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function logged(fields: object): string {
  const lines: string[] = [];
  createLog({ level: 'trace', system: 'Berlin' }, { write: (line) => void lines.push(line) }).log.info(
    fields,
    'something happened',
  );
  expect(lines).toHaveLength(1);
  return lines.join('');
}

test.each(['key', 'ticket', 'password', 'secret', 'token', 'authorization', 'proofKey', 'mac'])(
  'a field %s is blotted out, also inside others',
  (field) => {
    const line = logged({
      [field]: 'MARKED',
      request: { [field]: 'MARKED', headers: { [field]: 'MARKED' } },
    });
    expect(line).not.toContain('MARKED');
    expect(line.match(/\(secret\)/g)).toHaveLength(3);
  },
);

test('of an error there is type, message, code and cause, and nothing that a library attached', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', request: { auth: 'MARKED' } });
  const err = Object.assign(new TypeError('failed', { cause }), { options: { headers: ['x', 'MARKED'] } });
  const line = logged({ err });
  expect(line).not.toContain('MARKED');
  expect(JSON.parse(line)).toMatchObject({
    err: {
      type: 'TypeError',
      message: 'failed',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'refused', code: 'ECONNREFUSED' },
    },
  });
});

test.each([
  'cannot open ws://127.0.0.1:8088/ari/events?app=interlinks&api_key=interlinks:MARKED&subscribeAll=false',
  'cannot open ws://127.0.0.1:8088/ari/events?api_key=interlinks:MARKED',
  'cannot connect to postgres://interlinks:MARKED@db/interlinks',
  'Unexpected token in "ilk1-MARKE-D0000-00000-00000-00000"',
])('a secret in the text of an error is blotted out: %s', (message) => {
  const line = logged({ err: new Error(message, { cause: new Error(message) }) });
  expect(line).not.toContain('MARKE');
  expect(line).toContain('(secret)');
});

test('an endless chain of causes ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(logged({ err: error }).length).toBeLessThan(20_000);
});

test('what is no error is logged as well', () => {
  expect(JSON.parse(logged({ err: 'plain' }))).toMatchObject({ err: 'plain', system: 'Berlin' });
});

test('a change of the level counts for the logs that parts have already', () => {
  const lines: string[] = [];
  const { log, setLevel } = createLog(
    { level: 'info', system: 'Berlin' },
    { write: (line) => void lines.push(line) },
  );
  const part = log.child({ part: 'calls' });
  part.debug('before');
  setLevel('debug');
  part.debug('after');
  setLevel('silent');
  part.error('silenced');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['after']);
});
