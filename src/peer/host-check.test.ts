import { expect, test } from 'vitest';
import { singleFlight } from './connector.ts';
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
  const look = singleFlight(async (host) => {
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
