import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Processes } from './contenders.ts';
import { Turns } from './turns.ts';

let children: readonly ChildProcess[];
let systems: readonly [Processes, Processes];

beforeEach(() => {
  children = Array.from({ length: 4 }, () => spawn('sleep', ['60']));
  const [asterisk = 0, service = 0, other = 0, phone = 0] = children.map(({ pid = 0 }) => pid);
  systems = [
    { asterisk: [asterisk], services: [service] },
    { asterisk: [other], services: [], phones: [phone] },
  ];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Of each process, whether it stands still (proc(5), `T`). */
function stopped(): readonly boolean[] {
  return children.map(({ pid }) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T '));
}

const expectStopped = async (...which: boolean[]): Promise<void> =>
  await vi.waitFor(() => expect(stopped()).toEqual(which));

test('the systems of one contender run, with its phone, and the others stand still', async () => {
  const turns = new Turns(systems, 0);
  await expectStopped(true, true, true, true);
  await turns.begin(systems[1]);
  await expectStopped(true, true, false, false);
  await turns.begin(systems[0]);
  await expectStopped(false, false, true, true);
  turns.end();
  await expectStopped(false, false, false, false);
});

test('each is looked at while it runs', async () => {
  const turns = new Turns([...systems, systems[0]], 0);
  const seen = await turns.each(async () => {
    await vi.waitFor(() => expect(stopped().filter(Boolean)).toHaveLength(2));
    return stopped();
  });
  expect([...seen.values()]).toEqual([
    [false, false, true, true],
    [true, true, false, false],
  ]);
  turns.end();
});

test('without a time to settle all run at once', async () => {
  const turns = new Turns(systems, undefined);
  await turns.begin(systems[0]);
  expect((await turns.each(async () => stopped())).size).toBe(2);
  expect(stopped()).toEqual([false, false, false, false]);
});
