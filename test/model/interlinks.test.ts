import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isActive, type Interlink } from '../../src/domain/interlink.ts';
import { activeOf, Company, otherSide, World, type Mishap } from './world.ts';

/** What has been promised to somebody, and so has to hold from then on. */
interface Promises {
  /** Ids of interlinks that an admin was told are active, and that nobody deleted. */
  readonly active: Set<string>;
  /** Who was told that an interlink is deleted. `known`: one of two sides, not an attempt that no issuer has answered. */
  readonly deleted: { readonly by: Company; readonly id: string; readonly known: boolean }[];
}

type Step = fc.AsyncCommand<Promises, World>;

/** A command that may run at any time; its text is what a failing run prints. */
function step(text: string, run: (world: World, promises: Promises) => Promise<void>): Step {
  return {
    check: () => true,
    run: async (promises, world) => {
      await run(world, promises);
      expectAlways(world, promises);
    },
    toString: () => text,
  };
}

function company(world: World, index: number): Company {
  const chosen = world.companies[index];
  if (chosen === undefined) throw new Error(`no company ${index}`);
  return chosen;
}

/** Holds after every step, whatever has been lost or killed. */
function expectAlways(world: World, { deleted }: Promises): void {
  for (const { by, id } of deleted) {
    expect(
      by.interlinks().map((interlink) => interlink.id),
      'deleted is deleted',
    ).not.toContain(id);
  }

  const holders = new Map<string, Company[]>();
  for (const one of world.companies) {
    const peers = one.interlinks().flatMap(({ peer }) => (peer === undefined ? [] : [peer.id]));
    expect(new Set(peers).size, `${one.name} has one interlink to each system`).toBe(peers.length);
    expect(peers, `${one.name} is not linked to itself`).not.toContain(one.identity.id);
    for (const { id, peer } of one.interlinks()) {
      if (peer !== undefined) holders.set(id, [...(holders.get(id) ?? []), one]);
    }
  }
  for (const [id, [one, other, ...more]] of holders) {
    expect(more, `interlink ${id} has two sides`).toEqual([]);
    if (one === undefined || other === undefined) continue;
    expect(one.system?.registry.find(id)?.peer?.id).toBe(other.identity.id);
    expect(other.system?.registry.find(id)?.peer?.id).toBe(one.identity.id);
  }
}

/** Holds once everybody is up and reachable and nothing is under way. */
function expectSettled(world: World, promises: Promises): void {
  for (const one of world.companies) {
    for (const interlink of one.interlinks()) {
      if (interlink.peer === undefined) continue;
      expect(interlink.state, 'no pairing stays half-done').toBe('active');
      const other = otherSide(world, interlink);
      expect(other?.system?.registry.find(interlink.id)?.state, 'both sides have it').toBe('active');
    }
  }
  for (const { by, id, known } of promises.deleted) {
    // With the same key another company may have been faster than an attempt that was not answered.
    const left = world.companies.filter((one) =>
      one
        .interlinks()
        .some((interlink) => interlink.id === id && (known || interlink.peer?.id === by.identity.id)),
    );
    expect(
      left.map(({ name }) => name),
      'deleted on one side ends on both',
    ).toEqual([]);
  }
  for (const id of promises.active) {
    const sides = world.companies.filter((one) => activeOf(one).some((interlink) => interlink.id === id));
    expect(sides.length, 'what was acknowledged is still there').toBe(2);
  }
}

/** An admin deletes one of the company's interlinks, if it has any. */
async function deleteOne(one: Company, which: number, promises: Promises): Promise<void> {
  const all = one.interlinks();
  const interlink = all.at(which % Math.max(all.length, 1));
  if (interlink !== undefined) await deleteThis(one, interlink, promises);
}

async function deleteThis(one: Company, interlink: Interlink, promises: Promises): Promise<void> {
  const { id } = interlink;
  if ((await one.system?.ending.end(id, 'this-side')) === undefined) return;
  const known = interlink.role === 'issuer' || interlink.peer !== undefined;
  promises.deleted.push({ by: one, id, known });
  if (known) promises.active.delete(id);
}

/** Notes what a redemption told its admin. */
function acknowledge(promises: Promises, result: Awaited<ReturnType<World['redeem']>>): void {
  if (result?.ok !== true || result.value.state !== 'active') return;
  const { id } = result.value;
  if (promises.deleted.every((deleted) => !deleted.known || deleted.id !== id)) promises.active.add(id);
}

async function dialAll(world: World): Promise<void> {
  for (const caller of world.companies) {
    for (const interlink of activeOf(caller)) {
      const called = otherSide(world, interlink);
      if (called === undefined || caller.system === undefined || !isActive(interlink)) continue;
      const query = {
        number: Company.number,
        callId: randomUUID(),
        caller: { number: undefined, name: caller.name },
      };
      const answer = await caller.system.client.ask(interlink, query, AbortSignal.timeout(5000));
      const mutual = activeOf(called).some(({ id }) => id === interlink.id);
      if (mutual) expect(answer?.status).toBe(called.shares ? 'shared' : 'unknown');
      else expect(answer?.status).not.toBe('shared');
    }
  }
}

/** A third system that signs over an interlink of two others gets nothing. */
async function intrude(world: World): Promise<void> {
  for (const victim of world.companies) {
    for (const interlink of activeOf(victim)) {
      const other = otherSide(world, interlink);
      const thief = world.companies.find((one) => one !== victim && one !== other);
      if (thief?.system === undefined || !isActive(interlink)) continue;
      const query = {
        number: Company.number,
        callId: randomUUID(),
        caller: { number: undefined, name: 'Thief' },
      };
      expect(await thief.system.client.ask(interlink, query, AbortSignal.timeout(5000))).toBeUndefined();
    }
  }
}

/** The same runs every time; MODEL_SEED=$RANDOM looks elsewhere. */
const seed = Number(process.env['MODEL_SEED'] ?? 20_261_123);

const anyCompany = fc.nat({ max: 2 });
const minutes = 60_000;

const generate = anyCompany.map((index) =>
  step(`${index} generates a key`, async (world) => {
    const { system } = company(world, index);
    if (system !== undefined) world.keys.push(await system.newKey(world.freshName()));
  }),
);

const enter = fc.tuple(anyCompany, fc.nat({ max: 5 })).map(([index, which]) =>
  step(`${index} enters key ${which}`, async (world, promises) => {
    const key = world.keys.at(which % Math.max(world.keys.length, 1));
    if (key === undefined) return;
    const result = await world.redeem(company(world, index), key);
    if (result?.ok === true && result.value.state === 'active') promises.active.add(result.value.id);
  }),
);

const start = anyCompany.map((index) => step(`${index} starts`, (world) => company(world, index).start()));

/** Those that stand here more often happen more often; else little would get linked. */
const steps: fc.Arbitrary<Step>[] = [
  generate,
  generate,
  generate,
  enter,
  enter,
  enter,
  start,
  start,
  start,
  fc.nat({ max: 5 }).map((which) =>
    step(`all enter key ${which} at once`, async (world, promises) => {
      const key = world.keys.at(which % Math.max(world.keys.length, 1));
      if (key === undefined) return;
      const results = await Promise.all(world.companies.map((one) => world.redeem(one, key)));
      for (const result of results) acknowledge(promises, result);
    }),
  ),
  fc.tuple(anyCompany, anyCompany).map(([index, another]) =>
    step(`${index} and ${another} enter each other's new key at once`, async (world, promises) => {
      const [one, other] = [company(world, index), company(world, another)];
      if (one.system === undefined || other.system === undefined) return;
      const keys = [await one.system.newKey(world.freshName()), await other.system.newKey(world.freshName())];
      world.keys.push(...keys);
      const results = await Promise.all(
        [other, one].map((redeemer, which) => world.redeem(redeemer, keys[which] ?? '')),
      );
      for (const result of results) acknowledge(promises, result);
    }),
  ),
  fc
    .tuple(anyCompany, fc.nat({ max: 5 }), fc.nat({ max: 40 }), anyCompany)
    .map(([index, which, turns, victim]) =>
      step(
        `${victim} crashes while ${index} enters key ${which} (after ${turns} turns)`,
        async (world, promises) => {
          const key = world.keys.at(which % Math.max(world.keys.length, 1));
          if (key === undefined) return;
          const redeeming = world.redeem(company(world, index), key).catch(() => undefined);
          for (let i = 0; i < turns; i += 1) await turn();
          await company(world, victim).crash();
          const result = await redeeming;
          if (result?.ok === true && result.value.state === 'active') promises.active.add(result.value.id);
        },
      ),
    ),
  fc.tuple(anyCompany, fc.nat({ max: 5 })).map(([index, which]) =>
    step(`${index} enters key ${which}, hears nothing and deletes it`, async (world, promises) => {
      const key = world.keys.at(which % Math.max(world.keys.length, 1));
      if (key === undefined) return;
      world.mishaps.unshift('answer lost');
      const result = await world.redeem(company(world, index), key);
      acknowledge(promises, result);
      if (result?.ok !== true) return;
      await deleteThis(company(world, index), result.value, promises);
    }),
  ),
  fc.constantFrom<Mishap>('request lost', 'answer lost', 'delivered twice', 'held back').map((mishap) =>
    step(`the next message is ${mishap}`, async (world) => {
      world.mishaps.push(mishap);
    }),
  ),
  fc.constant(step('late messages arrive, last first', (world) => world.deliverLate())),
  anyCompany.map((index) => step(`${index} crashes`, (world) => company(world, index).crash())),
  fc
    .tuple(anyCompany, anyCompany)
    .map(([one, other]) =>
      step(`the wire ${one}–${other} is cut`, async (world) =>
        world.cut(company(world, one), company(world, other)),
      ),
    ),
  fc.constant(step('the network heals', async (world) => world.heal())),
  fc.constant(step('the network heals', async (world) => world.heal())),
  fc
    .tuple(anyCompany, fc.integer({ min: -10, max: 10 }))
    .map(([index, shift]) =>
      step(`the clock of ${index} is off by ${shift} minutes`, async (world) =>
        company(world, index).shiftClock(shift * minutes),
      ),
    ),
  fc
    .tuple(anyCompany, fc.boolean())
    .map(([index, shared]) =>
      step(`${index} makes its number ${shared ? 'shared' : 'private'}`, async (world) =>
        company(world, index).share(shared),
      ),
    ),
  fc
    .tuple(anyCompany, fc.nat({ max: 5 }))
    .map(([index, which]) =>
      step(`${index} deletes interlink ${which}`, (world, promises) =>
        deleteOne(company(world, index), which, promises),
      ),
    ),
  fc.tuple(anyCompany, anyCompany).map(([one, other]) =>
    step(`${one} and ${other} delete at once`, async (world, promises) => {
      await Promise.all([
        deleteOne(company(world, one), 0, promises),
        deleteOne(company(world, other), 0, promises),
      ]);
    }),
  ),
  fc.constant(step('everybody dials everybody', dialAll)),
  fc.constant(step('a third system tries an interlink of two others', intrude)),
];

test('the promises of the design hold through whatever happens', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { size: 'medium' }), async (commands) => {
      const world = await World.begin();
      const promises: Promises = { active: new Set(), deleted: [] };
      try {
        await fc.asyncModelRun(() => ({ model: promises, real: world }), commands);
        await world.settle();
        expectSettled(world, promises);
        await dialAll(world);
        await intrude(world);
      } finally {
        await world.end();
      }
    }),
    { numRuns: 30, endOnFailure: true, seed },
  );
});
