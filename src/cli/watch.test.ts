import { expect, test } from 'vitest';
import type { EventView, InterlinkView } from '../admin/schema.ts';
import { sampleSystem as system, sampleTime as at } from '../admin/testing/sample-system.ts';
import { overviewAfter, type Overview } from './watch.ts';

function named(id: string, name = id): InterlinkView {
  return {
    id,
    name,
    state: 'active',
    health: { colour: 'green', reason: 'connected' },
    trunk: { kind: 'pjsip', encrypted: false },
    createdAt: at,
  };
}

function names(...events: readonly EventView[]): readonly string[] | undefined {
  const reset: EventView = { type: 'reset', at, system, interlinks: [named('a'), named('b')] };
  return [reset, ...events]
    .reduce<Overview | undefined>(overviewAfter, undefined)
    ?.interlinks.map(({ name }) => name);
}

test('adds, changes in place, removes, and begins anew', () => {
  expect(names()).toEqual(['a', 'b']);
  expect(names({ type: 'interlink-added', at, interlink: named('c') })).toEqual(['a', 'b', 'c']);
  expect(names({ type: 'interlink-changed', at, interlink: named('a', 'A') })).toEqual(['A', 'b']);
  expect(names({ type: 'interlink-removed', at, interlink: named('a') })).toEqual(['b']);
  expect(names({ type: 'reset', at, system, interlinks: [named('z')] })).toEqual(['z']);
});

test('takes over the system', () => {
  const before = overviewAfter(undefined, { type: 'reset', at, system, interlinks: [] });
  const asterisk = { connected: false, reason: 'gone' };
  const after = overviewAfter(before, { type: 'system-changed', at, system: { ...system, asterisk } });
  expect(after.system.asterisk).toEqual(asterisk);
});
