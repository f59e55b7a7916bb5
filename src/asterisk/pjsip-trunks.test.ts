import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
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
/** What was done to objects, and reloads, in order. */
let done: string[];
let failing: string | undefined;
let codecs: string[];
let certificates: string[];

beforeEach(() => {
  done = [];
  failing = undefined;
  codecs = ['g722'];
  certificates = [];
  const answers: Readonly<Record<string, unknown>> = {
    getInfo: { system: { version: '22.10.1' }, status: { startup_time: '2026-11-28T00:00:00Z' } },
    getObject: [{}],
    get: { state: 'online', channel_ids: [] },
  };
  const call = async (_resource: string, operation: string, params: { id?: string }): Promise<unknown> => {
    if (operation === failing) throw new Error('Internal Server Error');
    if (/Object$|^reload/.test(operation) && operation !== 'getObject')
      done.push(`${operation} ${params.id ?? ''}`);
    return answers[operation];
  };
  ari = Object.assign(new EventEmitter(), { call });
  trunks = new PjsipTrunks(ari as unknown as AriConnection, {
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
  });
});

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
  ['a new connection to Asterisk', () => void ari.emit('down'), trunk],
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
