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
/** What Asterisk has, until it ends. */
let endpoints: Set<string>;
let globals: Map<string, string>;
/** What was done to objects, and reloads, in order. */
let done: string[];
let missing: string[];
let failing: string | undefined;
let codecs: string[];
let certificates: string[];

interface Params {
  readonly id?: string;
  readonly objectType?: string;
  readonly variable?: string;
  readonly value?: string;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  done = [];
  missing = [];
  endpoints = new Set();
  globals = new Map();
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
    const { id = '', objectType, variable = '', value } = params;
    if (/Object$|^reload/.test(operation) && operation !== 'getObject') done.push(`${operation} ${id}`);
    if (objectType === 'endpoint' && operation === 'updateObject') endpoints.add(id);
    if (objectType === 'endpoint' && operation === 'deleteObject') endpoints.delete(id);
    if (operation === 'listByTech') return [...endpoints].map((resource) => ({ resource, state: 'online' }));
    if (operation === 'getGlobalVar') return { value: globals.get(variable) ?? '' };
    if (operation === 'setGlobalVar' && value === undefined) globals.delete(variable);
    else if (operation === 'setGlobalVar') globals.set(variable, value ?? '');
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
  endpoints.clear();
  globals.clear();
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
  ['was deleted meanwhile', () => endpoints.clear(), trunk],
  ['is that of an Asterisk that forgot its variables', () => globals.clear(), trunk],
])('after a new start of the service a trunk that %s is made anew', async (_what, change, next) => {
  await putAndSettle();
  change();
  trunks = startService();
  expect((await doneBy(() => trunks.put(next))).at(-1)).toBe(`updateObject ${trunk.name}`);
});

test('a trunk that is asked too often, since the service ended at once, is made anew by the next one', async () => {
  await trunks.put(trunk);
  trunks = startService();
  expect(await doneBy(() => trunks.put(trunk))).not.toEqual([]);
});

test('of a trunk that was removed Asterisk keeps nothing', async () => {
  await putAndSettle();
  expect(globals.size).toBe(1);
  await trunks.remove(trunk.name);
  expect([endpoints.size, globals.size]).toEqual([0, 0]);
});

test('a trunk that Asterisk lost is asked to be put again, and is made anew then', async () => {
  await putAndSettle();
  endpoints.clear();
  await vi.advanceTimersByTimeAsync(4000);
  expect(missing).toEqual([trunk.name]);
  expect((await doneBy(() => trunks.put(trunk))).at(-1)).toBe(`updateObject ${trunk.name}`);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(missing).toEqual([trunk.name]);
});
