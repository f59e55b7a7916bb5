import { describe, expect, test } from 'vitest';
import { computeHealth, isSilent } from './health.ts';
import type { HealthSigns } from './health.ts';
import type { Interlink } from './interlink.ts';

const now = Date.UTC(2030, 0, 1, 12, 0, 0);

const interlink: Interlink = {
  id: '0123456789abcdefghjkmnpqrs',
  name: 'Lisbon',
  role: 'issuer',
  state: 'active',
  trunkKind: 'pjsip',
  createdAt: now,
  expiresAt: now + 1,
  activatedAt: now,
  peer: undefined,
};

const well: HealthSigns = {
  since: now - 3_600_000,
  answeredAt: now - 1000,
  misses: 0,
  missedBecause: undefined,
  heardAt: now - 2000,
  gone: false,
  clockSkewMs: 20,
  protocolAhead: 0,
  trunk: 'up',
  peerTrunk: 'up',
  asteriskConnected: true,
};

describe('an active interlink', () => {
  test.each<[Partial<HealthSigns>, string, string]>([
    [{}, 'green', 'connected'],
    [{ misses: 1 }, 'green', 'connected'],
    [{ misses: 2, heardAt: now - 60_000 }, 'red', 'does not answer since 2030-01-01 11:59:59 UTC'],
    [{ misses: 2 }, 'red', 'does not answer since 2030-01-01 11:59:59 UTC, but reaches this side'],
    [
      { misses: 2, missedBecause: 'nothing listens there' },
      'red',
      'does not answer since 2030-01-01 11:59:59 UTC (nothing listens there), but reaches this side',
    ],
    [
      { misses: 9, answeredAt: undefined, heardAt: undefined },
      'red',
      'does not answer since 2030-01-01 11:00:00 UTC',
    ],
    [{ gone: true }, 'red', 'the other side has deleted this interlink'],
    [{ answeredAt: undefined }, 'amber', 'connecting'],
    [{ heardAt: undefined, since: now - 5000 }, 'amber', 'connecting'],
    [{ heardAt: undefined }, 'amber', 'the other side cannot reach us'],
    [{ heardAt: now - 18_001 }, 'amber', 'the other side cannot reach us'],
    [{ heardAt: now - 17_000 }, 'green', 'connected'],
    [{ asteriskConnected: false, trunk: 'unknown' }, 'amber', 'Asterisk not connected here'],
    [{ trunk: 'down' }, 'amber', 'trunk does not answer'],
    [{ peerTrunk: 'down' }, 'amber', 'trunk does not answer in the other direction'],
    [{ trunk: 'unknown' }, 'amber', 'trunk not checked yet'],
    [{ peerTrunk: 'unknown' }, 'amber', 'trunk not checked yet in the other direction'],
    [
      { protocolAhead: 1, trunk: 'down' },
      'amber',
      'the other side speaks a newer version of the protocol; update Interlinks here',
    ],
    [
      { protocolAhead: -1 },
      'amber',
      'the other side speaks an older version of the protocol; it has to update Interlinks',
    ],
    [{ clockSkewMs: 60_000 }, 'green', 'connected'],
    [{ clockSkewMs: 600_400 }, 'amber', "clock differs by 600 s (the other side's is ahead)"],
    [{ clockSkewMs: -61_000 }, 'amber', "clock differs by 61 s (the other side's is behind)"],
    [{ clockSkewMs: 600_000, trunk: 'down' }, 'amber', 'trunk does not answer'],
    [{ misses: 2, gone: true, trunk: 'down' }, 'red', 'the other side has deleted this interlink'],
  ])('%j is %s: %s', (signs, colour, reason) => {
    expect(computeHealth(interlink, { ...well, ...signs }, now)).toEqual({ colour, reason });
  });

  test('is connecting while nothing is known', () => {
    expect(computeHealth(interlink, undefined, now)).toEqual({ colour: 'amber', reason: 'connecting' });
  });
});

test.each<[Partial<Interlink>, string, string]>([
  [{ state: 'key-ready' }, 'grey', 'waiting for the other side'],
  [{ state: 'key-ready', expiresAt: now }, 'grey', 'the key has expired'],
  [{ state: 'pairing' }, 'grey', 'pairing'],
  [{ state: 'tombstone' }, 'grey', 'deleted'],
])('%j is %s: %s', (state, colour, reason) => {
  expect(computeHealth({ ...interlink, ...state }, undefined, now)).toEqual({ colour, reason });
});

test('only who does not answer twice, or is gone, is not worth asking', () => {
  expect(isSilent(well)).toBe(false);
  expect(isSilent({ ...well, misses: 1 })).toBe(false);
  expect(isSilent({ ...well, misses: 2 })).toBe(true);
  expect(isSilent({ ...well, gone: true })).toBe(true);
});
