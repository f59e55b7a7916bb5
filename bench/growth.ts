import assert from 'node:assert/strict';
import { claimAddress } from '../test/rig/addresses.ts';
import type { LookupQuery } from '../src/calls/peer-lookups.ts';
import { routeCall, type Route, type RouteCallDeps } from '../src/calls/route-call.ts';
import { directoryOf } from '../src/domain/directory.ts';
import type { ActiveInterlink } from '../src/domain/interlink.ts';
import { Limiter } from '../src/domain/limiter.ts';
import { activeInterlink, localNumber, numberPlan } from '../src/domain/testing/samples.ts';
import { InterlinkRegistry } from '../src/interlinks/interlink-registry.ts';
import { PeerDirectories } from '../src/interlinks/peer-directories.ts';
import { activeOn, link, TestSystem } from '../src/peer/testing/test-system.ts';
import { called, nobodys } from './load.ts';
import { median, round } from './statistics.ts';

const WARM_UP = 500;

/** What a system may be linked to. */
export interface Size {
  readonly interlinks: number;
  /** Numbers that all of them share, together. */
  readonly numbers: number;
}

export interface GrowthFigures extends Size {
  /** Milliseconds (median) from the dialed number to the ticket of the one peer that has it. */
  readonly dialMs: number;
  /** The same to the decision that nobody has it. */
  readonly nobodyMs: number;
}

/** One decision about a dialed number, at one size. */
interface Subject {
  readonly size: Size;
  readonly deps: RouteCallDeps;
  readonly asked: string[];
  readonly dial: number[];
  readonly nobody: number[];
}

/**
 * Decides dialed numbers with many interlinks and many numbers, in turns, so that a busy machine slows all alike. The
 * peer that is asked is a system of its own, over TLS; the others, which nobody may ask, are known by their
 * directories alone. Fails when another one is asked.
 */
export async function measureGrowth(
  sizes: readonly Size[],
  rounds: number,
): Promise<readonly GrowthFigures[]> {
  const [theirs, ours] = await Promise.all([claimAddress(), claimAddress()]);
  const unlimited = { burst: 1e6, perSecond: 1e6, maxKeys: 10 };
  const lisbon = await TestSystem.start({
    name: 'Lisbon',
    address: theirs.ip,
    limits: { requests: unlimited },
    answerLookup: () => ({ status: 'shared', ticket: 'A'.repeat(22) }),
  });
  const berlin = await TestSystem.start({ name: 'Berlin', address: ours.ip });
  try {
    const peer = activeOn(berlin, await link(lisbon, berlin));
    const subjects = await Promise.all(sizes.map((size) => makeSubject(berlin, peer, size)));
    for (let done = -WARM_UP; done < rounds; done += 1) {
      for (const subject of subjects) {
        const dial = await timed(subject, called, 'trunk');
        const nobody = await timed(subject, nobodys, 'unknown');
        assert.deepEqual(subject.asked.splice(0), [peer.id], 'who has the number is asked, and nobody else');
        if (done < 0) continue;
        subject.dial.push(dial);
        subject.nobody.push(nobody);
      }
    }
    return subjects.map(({ size, dial, nobody }) => ({
      interlinks: size.interlinks,
      numbers: size.numbers,
      dialMs: round(median(dial)),
      nobodyMs: round(median(nobody)),
    }));
  } finally {
    for (const system of [berlin, lisbon]) await system[Symbol.asyncDispose]();
    for (const address of [theirs, ours]) address.release();
  }
}

async function makeSubject(berlin: TestSystem, peer: ActiveInterlink, size: Size): Promise<Subject> {
  const others = Array.from({ length: size.interlinks - 1 }, (_, index) => activeInterlink(`o${index}`));
  const interlinks = [peer, ...others];
  const registry = new InterlinkRegistry({ list: async () => interlinks, find: async () => undefined });
  await registry.load();
  const directories = new PeerDirectories({
    registry,
    store: { list: async () => new Map(), replace: async () => true },
    isAway: () => false,
    now: () => Date.now(),
    // Stands still, so that what the peers have said stays current.
    uptime: () => 0,
  });
  await directories.load();
  const each = Math.ceil(size.numbers / size.interlinks);
  for (const [index, interlink] of interlinks.entries()) {
    const numbers = Array.from({ length: each }, (_, of) => localNumber(String(300_000 + index * each + of)));
    const own = interlink === peer ? [localNumber(called), ...numbers.slice(1)] : numbers;
    await directories.receive(interlink, directoryOf(numberPlan(...own)));
  }
  const asked: string[] = [];
  const lookups = {
    ask: async (interlink: ActiveInterlink, query: LookupQuery, signal: AbortSignal) => {
      asked.push(interlink.id);
      return await berlin.client.ask(interlink, query, signal);
    },
  };
  const plan = numberPlan(localNumber('101'));
  return {
    size,
    asked,
    dial: [],
    nobody: [],
    deps: { plan: () => plan, interlinks: registry, directories, lookups, unlistedTurns: new Limiter(1) },
  };
}

async function timed({ deps }: Subject, dialed: string, kind: Route['kind']): Promise<number> {
  const caller = { number: '101', name: 'Reception' };
  const began = performance.now();
  const route = await routeCall(deps, { callId: crypto.randomUUID(), dialed, caller, fromTrunk: false });
  const took = performance.now() - began;
  assert.equal(route.kind, kind);
  return took;
}
