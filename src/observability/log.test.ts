import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
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

test('an error under another name, or in a list, is told of in the same way', () => {
  const error = Object.assign(new Error('failed'), { options: 'MARKED' });
  const line = logged({ reason: error, tried: [error, { token: 'MARKED' }] });
  expect(line).not.toContain('MARKED');
  expect(JSON.parse(line)).toMatchObject({
    reason: { message: 'failed' },
    tried: [{ message: 'failed' }, { token: '(secret)' }],
  });
});

test('what holds itself ends', () => {
  const fields: Record<string, unknown> = { number: 1 };
  fields['self'] = fields;
  expect(logged(fields).length).toBeLessThan(1000);
});

test('times, addresses and what is not there are written as JSON has them', () => {
  const at = new Date(0);
  const line = logged({ at, url: new URL('https://berlin.example/'), err: undefined, none: null });
  expect(JSON.parse(line)).toMatchObject({ at: at.toJSON(), url: 'https://berlin.example/', none: null });
  expect(line).not.toContain('"err"');
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

describe('stdout', () => {
  test('that nobody reads holds nothing up, and loses nothing', async () => {
    const child = startLogging(1000);
    expect(String((await once(child.stderr, 'data'))[0])).toBe('done');
    const numbers = (await text(child.stdout)).trim().split('\n');
    expect(numbers.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([
      ...Array(1000).keys(),
    ]);
  });

  test('whose reader has gone ends nothing', async () => {
    const child = startLogging(100);
    child.stdout.destroy();
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([said, code]).toEqual(['done', 0]);
  });
});

/** Logs so many lines, a few at a time, and tells on stderr that nothing held it up. */
function startLogging(lines: number): ChildProcessWithoutNullStreams {
  const program = `
    import { createLog } from ${JSON.stringify(new URL('log.ts', import.meta.url))};
    const { log } = createLog({ level: 'info', system: 'Berlin' });
    for (let line = 0; line < ${lines}; line += 1) {
      if (line % 10 === 0) await new Promise(setImmediate);
      log.info({ line }, 'x'.repeat(1000));
    }
    process.stderr.write('done');
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program]);
}
