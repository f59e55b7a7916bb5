import { expect, test } from 'vitest';
import { unknownThere, type HealthSigns } from '../../domain/health.ts';
import { checkInterlink } from './interlink.ts';

const now = 1_000_000;
const healthy: HealthSigns = {
  since: 0,
  answeredAt: now,
  misses: 0,
  missedBecause: undefined,
  heardAt: now,
  gone: false,
  clockSkewMs: 20,
  protocolAhead: 0,
  trunk: 'up',
  peerTrunk: 'up',
  asteriskConnected: true,
};

function check(signs: Partial<HealthSigns>) {
  return checkInterlink({
    name: 'Lisbon',
    peer: {
      url: 'https://lisbon.example:8443',
      trunk: { kind: 'pjsip', host: 'lisbon.example', port: 5071 },
    },
    own: { url: 'https://berlin.example:9443', trunk: { host: 'berlin.example', port: 5072 } },
    signs: { ...healthy, ...signs },
    now,
  });
}

test('nothing is wrong', () => {
  expect(check({}).map(({ level, id }) => `${level} ${id}`)).toEqual(['ok peer', 'ok trunk', 'ok clock']);
});

test.each<[string, Partial<HealthSigns>, string, RegExp, RegExp]>([
  [
    'no request gets there',
    { misses: 2, missedBecause: 'nothing listens there' },
    'peer-unreachable',
    /^From here to Lisbon: https:\/\/lisbon.example:8443 does not answer \(nothing listens there\)$/,
    /TCP port 8443/,
  ],
  [
    'it was restored there from an older backup',
    { misses: 2, missedBecause: unknownThere, heardAt: 0 },
    'peer-unreachable',
    /^Lisbon is there, but it does not know this interlink/,
    /interlinks delete "Lisbon"\) and link/,
  ],
  [
    'no request comes from there',
    { heardAt: 0 },
    'peer-cannot-reach-us',
    /^From Lisbon to here/,
    /TCP port 9443 of this system/,
  ],
  [
    'SIP does not get there',
    { trunk: 'down' },
    'trunk-unreachable',
    /^From here to Lisbon: SIP at lisbon.example:5071/,
    /TCP port 5071/,
  ],
  [
    'SIP does not come from there',
    { peerTrunk: 'down' },
    'trunk-unreachable-from-peer',
    /^From Lisbon to here: SIP at berlin.example:5072/,
    /TCP port 5072 of this system/,
  ],
  ['the clocks differ a little', { clockSkewMs: 12_000 }, 'clock-differs', /12 s ahead/, /NTP/],
  ['the clocks differ much', { clockSkewMs: -90_000 }, 'clock-differs', /90 s behind/, /NTP/],
  [
    'the protocol is another',
    { protocolAhead: 1 },
    'peer-version',
    /another version/,
    /Update Interlinks of this system/,
  ],
  ['it was deleted there', { gone: true }, 'peer-unreachable', /has deleted/, /interlinks delete/],
])('%s', (_what, signs, id, what, remedy) => {
  const faults = check(signs).filter(({ level }) => level === 'warning' || level === 'problem');
  expect(faults).toEqual([
    expect.objectContaining({ id, what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) }),
  ]);
});

test('a small difference of the clocks is a warning, a large one a problem', () => {
  expect(check({ clockSkewMs: 12_000 }).at(-1)?.level).toBe('warning');
  expect(check({ clockSkewMs: 90_000 }).at(-1)?.level).toBe('problem');
});

test('of an interlink that is just connecting nothing is said', () => {
  expect(check({ answeredAt: undefined, since: now })).toMatchObject([{ level: 'not-checked', id: 'peer' }]);
});

test('a trunk at an IPv6 address is named with brackets', () => {
  const trunk = { kind: 'pjsip', host: '2001:db8::1', port: 5071 } as const;
  const found = checkInterlink({
    name: 'Lisbon',
    peer: { url: 'https://lisbon.example:8443', trunk },
    own: { url: 'https://berlin.example:9443', trunk: { host: '2001:db8::2', port: 5072 } },
    signs: healthy,
    now,
  });
  expect(found[1]?.what).toBe('SIP reaches [2001:db8::1]:5071, and [2001:db8::2]:5072 from there');
});
