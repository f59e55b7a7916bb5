import { expect, onTestFinished, test, vi } from 'vitest';
import { sparing } from './connector.ts';
import { makeHostCheck } from './host-check.ts';

const addresses: Readonly<Record<string, readonly string[]>> = {
  'good.example': ['8.8.8.8', '10.0.0.7'],
  'bad.example': ['127.0.0.1'],
  'mixed.example': ['8.8.4.4', '169.254.169.254'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'empty.example': [],
};

const resolve = async (host: string) => {
  const found = addresses[host];
  if (found === undefined) throw new Error('ENOTFOUND');
  return await Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

const silent = async () => await new Promise<never>(() => undefined);

test.each([
  ['198.51.100.1', 'refused'],
  ['8.8.8.8', 'allowed'],
  ['127.0.0.1', 'refused'],
  ['::1', 'refused'],
  ['good.example', 'allowed'],
  ['bad.example', 'refused'],
  ['mixed.example', 'refused'],
  ['mapped.example', 'refused'],
  ['empty.example', 'unresolved'],
  ['nowhere.example', 'unresolved'],
])('%s is %s', async (host, verdict) => {
  expect(await makeHostCheck(() => false, resolve)(host)).toBe(verdict);
});

test('a name server that does not answer is not waited for', async () => {
  expect(await makeHostCheck(() => false, silent)('slow.example')).toBe('unresolved');
});

test('a name is looked up once at a time, and anew afterwards', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const look = sparing(async (host) => {
    asked.push(host);
    await new Promise<void>((answer) => answers.push(answer));
    return await resolve(host);
  });
  const first = Promise.all([
    look('good.example'),
    look('good.example'),
    look('nowhere.example').catch(String),
  ]);
  expect(asked).toEqual(['good.example', 'nowhere.example']);
  for (const answer of answers) answer();
  const [one, other, none] = await first;
  expect([one, other, none]).toEqual([one, one, 'Error: ENOTFOUND']);
  void look('nowhere.example').catch(() => undefined);
  expect(asked).toHaveLength(3);
});

test('names whose name server is silent are looked up one after the other, and keep no other waiting', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const dead = ['one.dead', 'two.dead', 'three.dead'];
  const alive = new Set<string>();
  let open = 0;
  const look = sparing(async (host) => {
    if (!dead.includes(host) || alive.has(host)) return await resolve('good.example');
    open += 1;
    await new Promise((end) => setTimeout(end, 10_000));
    open -= 1;
    throw new Error('EAI_AGAIN');
  });
  const lookAgain = (): Promise<unknown> => Promise.allSettled(dead.map(async (host) => await look(host)));
  const first = lookAgain();
  expect(open).toBe(3);
  await vi.advanceTimersByTimeAsync(10_000);
  await first;
  const again = lookAgain();
  expect(open).toBe(1);
  expect(await look('good.example')).toHaveLength(2);
  for (const host of dead) alive.add(host);
  await vi.advanceTimersByTimeAsync(10_000);
  await again;
  alive.clear();
  const last = lookAgain();
  expect(open).toBe(3);
  await vi.advanceTimersByTimeAsync(20_000);
  await last;
});
