import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Trunk } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import type { PeerCertificates } from './peer-certificates.ts';
import { PjsipTrunks } from './pjsip-trunks.ts';

const trunk: Trunk = {
  name: 'il-aaaaaaaaaaaaaaaa',
  address: { kind: 'pjsip', host: 'lisbon.example', port: 5071, certificate: 'first' },
  secrets: { inbound: 'in', outbound: 'out' },
};

let ari: EventEmitter;
let trunks: PjsipTrunks;
/** What Asterisk has, until it ends: objects by type and id, and states of the endpoints it lists. */
let objects: Map<string, Record<string, string>>;
let listed: Map<string, string>;
/** Deleted endpoints that are still listed; after being asked for so often, they are not. */
let leaving: Map<string, number>;
/** What was done to objects, and reloads, in order. */
let done: string[];
let missing: string[];
let subscribing: () => void;
let reloading: () => void;
let failing: string | undefined;
let codecs: string[];
let certificates: string[];

interface Params {
  readonly id?: string;
  readonly objectType?: string;
  readonly fields?: readonly { readonly attribute: string; readonly value: string }[];
  readonly resource?: string;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  done = [];
  missing = [];
  subscribing = () => undefined;
  reloading = () => undefined;
  objects = new Map();
  listed = new Map();
  leaving = new Map();
  failing = undefined;
  codecs = ['g722'];
  certificates = [];
  const answers: Readonly<Record<string, unknown>> = {
    getInfo: { system: { version: '22.10.1' }, status: { startup_time: '2026-11-28T00:00:00Z' } },
    getObject: [{}],
    get: { state: 'online', channel_ids: [] },
  };
  const call = async (_resource: string, operation: string, params: Params = {}): Promise<unknown> => {
    if (operation === failing) throw new Error('Internal Server Error');
    if (operation === 'subscribe') subscribing();
    if (operation === 'reloadModule') reloading();
    const { id = '', objectType = '', fields = [], resource = '' } = params;
    const key = `${objectType} ${id}`;
    if (/Object$|^reload/.test(operation) && operation !== 'getObject') done.push(`${operation} ${id}`);
    if (operation === 'updateObject') {
      const changed = Object.fromEntries(fields.map(({ attribute, value }) => [attribute, value]));
      objects.set(key, { ...objects.get(key), ...changed });
      if (objectType === 'endpoint' && leaving.delete(id)) listed.delete(id);
      else if (objectType === 'endpoint') listed.set(id, 'online');
    }
    if (operation === 'deleteObject') {
      if (!objects.delete(key)) throw notFound();
      if (objectType === 'endpoint' && listed.has(id)) leaving.set(id, 3);
    }
    if (operation === 'getObject' && objectType === 'auth')
      return Object.entries(objects.get(key) ?? {}).map(([attribute, value]) => ({ attribute, value }));
    if (operation === 'listByTech') return [...listed].map(([name, state]) => ({ resource: name, state }));
    if (operation === 'get') {
      const left = (leaving.get(resource) ?? 0) - 1;
      if (left > 0) leaving.set(resource, left);
      else if (leaving.delete(resource)) listed.delete(resource);
      if (!listed.has(resource)) throw notFound();
    }
    return answers[operation];
  };
  ari = Object.assign(new EventEmitter(), { call });
  trunks = startService();
});

afterEach(() => vi.useRealTimers());

function startService(): PjsipTrunks {
  return new PjsipTrunks(ari as unknown as AriConnection, {
    ownCertificate: { changedAt: async () => 0, touch: async () => undefined },
    peerCertificates: {
      put: async (_name: string, certificate: string) => {
        const changed = certificates.at(-1) !== certificate;
        certificates.push(certificate);
        return changed;
      },
      remove: async () => false,
    } as unknown as PeerCertificates,
    application: 'interlinks',
    codecs: () => codecs,
    onState: () => undefined,
    onMissing: (name) => missing.push(name),
  });
}

function notFound(): Error {
  return new Error('Not Found');
}

async function doneBy(work: () => Promise<void>): Promise<readonly string[]> {
  done = [];
  await work();
  return done;
}

test('another certificate alone leaves the trunk as it is, so that no call is refused meanwhile', async () => {
  await trunks.put(trunk);
  await trunks.apply();
  const renewed = { ...trunk, address: { ...trunk.address, certificate: 'second' } };
  expect(await doneBy(() => trunks.put(renewed))).toEqual([]);
  expect(certificates).toEqual(['first', 'second']);
  expect(await doneBy(() => trunks.apply())).toEqual(['reloadModule ']);
});

test('a certificate that is renewed while Asterisk reads the one before is read as well', async () => {
  await trunks.put(trunk);
  trunks.certificateRenewed();
  reloading = () => {
    reloading = () => undefined;
    trunks.certificateRenewed();
  };
  expect(await doneBy(() => trunks.apply())).toEqual(['reloadModule ']);
  expect(await doneBy(() => trunks.apply())).toEqual(['reloadModule ']);
  expect(await doneBy(() => trunks.apply())).toEqual([]);
});

test.each<[string, () => Promise<void> | void, Trunk]>([
  ['another address', () => undefined, { ...trunk, address: { ...trunk.address, host: 'porto.example' } }],
  ['other secrets', () => undefined, { ...trunk, secrets: { inbound: 'in', outbound: 'other' } }],
  ['other codecs', () => void (codecs = ['alaw']), trunk],
  ['a restart of Asterisk', restartAsterisk, trunk],
  ['having been removed', () => trunks.remove(trunk.name), trunk],
  [
    'a failure halfway',
    async () => {
      failing = 'subscribe';
      codecs = ['alaw'];
      await trunks.put(trunk).catch(() => undefined);
      failing = undefined;
    },
    trunk,
  ],
])('after %s it is made anew', async (_what, change, next) => {
  await trunks.put(trunk);
  await change();
  const anew = await doneBy(() => trunks.put(next));
  expect(anew).toContain(`deleteObject ${trunk.name}`);
  expect(anew.at(-1)).toBe(`updateObject ${trunk.name}`);
});

/** Asterisk keeps none of what was pushed. */
function restartAsterisk(): void {
  objects.clear();
  listed.clear();
  ari.emit('down');
}

async function putAndSettle(): Promise<void> {
  await trunks.put(trunk);
  await vi.advanceTimersByTimeAsync(2000);
}

test.each<[string, () => void]>([
  ['a new start of the service', () => void (trunks = startService())],
  ['a new connection to the same Asterisk', () => void ari.emit('down')],
])('after %s it is left alone, so that no call is refused meanwhile', async (_what, change) => {
  await putAndSettle();
  change();
  expect(await doneBy(() => trunks.put(trunk))).toEqual([]);
});

test.each<[string, () => void, Trunk]>([
  ['is another one', () => undefined, { ...trunk, secrets: { inbound: 'in', outbound: 'other' } }],
  ['was deleted meanwhile', () => listed.clear(), trunk],
  ['does not answer', () => listed.set(trunk.name, 'offline'), trunk],
  ['was made by a service that left no note', () => objects.set(`auth ${trunk.name}-out`, {}), trunk],
])('after a new start of the service a trunk that %s is made anew', async (_what, change, next) => {
  await putAndSettle();
  change();
  trunks = startService();
  expect((await doneBy(() => trunks.put(next))).at(-1)).toBe(`updateObject ${trunk.name}`);
});

test('a trunk that is asked too often, since the service ended at once, is made anew by the next one', async () => {
  await putAndSettle();
  codecs = ['alaw'];
  await trunks.put(trunk);
  trunks = startService();
  expect(await doneBy(() => trunks.put(trunk))).not.toEqual([]);
  codecs = ['g722'];
  trunks = startService();
  expect(await doneBy(() => trunks.put(trunk))).not.toEqual([]);
});

test('a trunk is asked as rarely as usual also where Asterisk did not take that at once', async () => {
  await trunks.put(trunk);
  failing = 'updateObject';
  await vi.advanceTimersByTimeAsync(2000);
  failing = undefined;
  await vi.advanceTimersByTimeAsync(2000);
  expect(objects.get(`aor ${trunk.name}`)).toMatchObject({ qualify_frequency: '4' });
});

test('Asterisk that is slow in letting go of an endpoint is waited for, so that it lists the new one', async () => {
  await trunks.put(trunk);
  codecs = ['alaw'];
  await trunks.put(trunk);
  expect(listed).toEqual(new Map([[trunk.name, 'online']]));
});

test('of a trunk that was removed Asterisk keeps nothing', async () => {
  await putAndSettle();
  await trunks.remove(trunk.name);
  expect(objects).toEqual(new Map());
});

test('a trunk that was put while the connection to Asterisk ended is put again', async () => {
  subscribing = () => void ari.emit('down');
  await expect(trunks.put(trunk)).rejects.toThrow('lost');
  subscribing = () => undefined;
  await vi.advanceTimersByTimeAsync(2000);
  const watched = vi.fn<() => void>();
  subscribing = watched;
  await trunks.put(trunk);
  expect(watched).toHaveBeenCalledTimes(1);
});

test.each<[string, () => void]>([
  ['it was made', () => undefined],
  ['it was left alone', () => void ari.emit('down')],
])(
  'a trunk that Asterisk lost after %s is asked to be put again, and is made anew then',
  async (_what, change) => {
    await putAndSettle();
    change();
    await trunks.put(trunk);
    listed.clear();
    await vi.advanceTimersByTimeAsync(4000);
    expect(missing).toEqual([trunk.name]);
    expect((await doneBy(() => trunks.put(trunk))).at(-1)).toBe(`updateObject ${trunk.name}`);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(missing).toEqual([trunk.name]);
  },
);
