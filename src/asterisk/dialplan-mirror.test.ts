import { beforeEach, expect, test, vi } from 'vitest';
import type { Logger } from '../domain/logger.ts';
import { AmiRefusal } from './ami-errors.ts';
import { DialplanMirror } from './dialplan-mirror.ts';

const log = { info: () => undefined, warn: () => undefined } as unknown as Logger;

/** AstDB, by whole keys, with families that are not Interlinks' own. */
let database: Map<string, string>;
let writes: string[];
/** What the context interlinks-patterns has. */
let extensions: Set<string>;
/** Whether Asterisk takes extensions: while it boots it does not. */
let taking: boolean;
let failing: boolean;
let wanted: Map<string, string>;
let mirror: DialplanMirror;

beforeEach(() => {
  database = new Map([
    ['/Interlinks/number/1', 'theirs'],
    ['/cidname/101', 'theirs'],
  ]);
  writes = [];
  extensions = new Set();
  taking = true;
  failing = false;
  wanted = new Map();
  mirror = new DialplanMirror({ connected: true, action, list }, () => wanted, log);
});

async function action(
  name: string,
  { Family = '', Key = '', Val = '', Context = '', Extension = '' } = {},
): Promise<Record<string, string>> {
  if (failing) throw new Error('AMI away');
  if (name.startsWith('DialplanExtension')) {
    writes.push(`${name} ${Context} ${Extension}`);
    if (!taking) throw new AmiRefusal(name, 'Invalid/unknown command');
    if (name === 'DialplanExtensionAdd') extensions.add(Extension);
    else if (!extensions.delete(Extension)) throw new AmiRefusal(name, 'Did not remove any priority');
    return {};
  }
  const key = `/${Family}/${Key}`;
  writes.push(`${name} ${key}`);
  if (name === 'DBPut') database.set(key, Val);
  else if (!database.delete(key)) throw new AmiRefusal(name, 'Database entry could not be deleted');
  return {};
}

/** SQLite compares the family without regard to case. */
async function list(_name: string, { Family = '' } = {}): Promise<Record<string, string>[]> {
  return [...database]
    .filter(([key]) => key.toLowerCase().startsWith(`/${Family}/`))
    .map(([key, val]) => ({ key, val }));
}

test('at a connect only differences are written, and nothing of other families is touched', async () => {
  database.set('/interlinks/number/101', 'same').set('/interlinks/number/102', 'old');
  database.set('/interlinks/number/103', 'gone');
  wanted = new Map([
    ['number/101', 'same'],
    ['number/102', 'new'],
    ['dialing/notFound', 'out,1,1'],
  ]);
  await mirror.start();
  expect(writes.toSorted()).toEqual([
    'DBDel /interlinks/number/103',
    'DBPut /interlinks/dialing/notFound',
    'DBPut /interlinks/number/102',
  ]);
  expect(Object.fromEntries(database)).toMatchObject({
    '/Interlinks/number/1': 'theirs',
    '/cidname/101': 'theirs',
    '/interlinks/number/102': 'new',
  });
});

test('what AstDB has is known from a connect on, but not while it is written', async () => {
  wanted.set('number/101', 'new');
  expect(mirror.has('number/101', 'new')).toBe(false);
  await mirror.start();
  expect(mirror.has('number/101', 'new')).toBe(true);
  expect(mirror.has('number/101', 'old')).toBe(false);
  expect(mirror.has('number/102', 'new')).toBe(false);

  wanted = new Map([['number/101', 'newer']]);
  const written = mirror.refresh();
  await vi.waitFor(() => expect(mirror.has('number/101', 'new')).toBe(false));
  await written;
  expect(mirror.has('number/101', 'newer')).toBe(true);

  wanted = new Map();
  failing = true;
  await mirror.refresh();
  expect(mirror.has('number/101', 'newer')).toBe(false);
  await mirror.stop();
});

test('what somebody has deleted meanwhile counts as deleted, and is put back at the next connect', async () => {
  wanted = new Map([['number/101', 'a']]);
  await mirror.start();
  database.delete('/interlinks/number/101');
  wanted = new Map();
  await mirror.refresh();
  wanted = new Map([['number/101', 'a']]);
  await mirror.refresh();
  database.delete('/interlinks/number/101');
  await mirror.start();
  expect(database.get('/interlinks/number/101')).toBe('a');
});

test('changes in quick succession end with the last one', async () => {
  await mirror.start();
  const changes = ['a', 'b', 'c'].map((value) => {
    wanted = new Map([['number/101', value]]);
    return mirror.refresh();
  });
  await Promise.all(changes);
  expect(database.get('/interlinks/number/101')).toBe('c');
});

test('a change that could not be written is written later, from what is there then', async () => {
  vi.useFakeTimers();
  try {
    await mirror.start();
    failing = true;
    wanted = new Map([['number/101', 'a']]);
    await mirror.refresh();
    failing = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(database.get('/interlinks/number/101')).toBe('a');
  } finally {
    vi.useRealTimers();
    await mirror.stop();
  }
});

test('a connect at which it fails is none', async () => {
  failing = true;
  wanted = new Map([['number/101', 'a']]);
  await expect(mirror.start()).rejects.toThrow('AMI away');
});

test('patterns are extensions besides, also where AstDB has them already', async () => {
  database.set('/interlinks/pattern/_XX', '1');
  wanted = new Map([
    ['pattern/_XX', '1'],
    ['pattern/_XXX', '1'],
  ]);
  await mirror.start();
  expect([...extensions]).toEqual(['_XX', '_XXX']);
  writes = [];
  await mirror.refresh();
  expect(writes).toEqual([]);
  wanted = new Map([['pattern/_XXX', '1']]);
  await mirror.refresh();
  expect(writes).toEqual([
    'DialplanExtensionRemove interlinks-patterns _XX',
    'DBDel /interlinks/pattern/_XX',
  ]);
});

test('a pattern of an earlier service is removed, if it is there still', async () => {
  extensions.add('_XX');
  database.set('/interlinks/pattern/_XX', '1').set('/interlinks/pattern/_XXXX', '1');
  await mirror.start();
  expect([...extensions]).toEqual([]);
  expect([...database.keys()].filter((key) => key.startsWith('/interlinks/'))).toEqual([]);
});

test('patterns that were refused, or that a reload has taken away, are added again', async () => {
  vi.useFakeTimers();
  try {
    wanted = new Map([['pattern/_XX', '1']]);
    taking = false;
    await mirror.start();
    taking = true;
    for (const during of [false, true, false]) {
      extensions.clear();
      failing = during;
      await vi.advanceTimersByTimeAsync(61_000);
      expect(extensions.has('_XX')).toBe(!during);
    }
  } finally {
    vi.useRealTimers();
    await mirror.stop();
  }
});
