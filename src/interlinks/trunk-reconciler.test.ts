import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { trunkName } from '../domain/interlink.ts';
import type { TrunkTechnology } from '../domain/interlink.ts';
import { sampleSecrets, SampleInterlinks, silentLogger } from './testing/samples.ts';
import { TrunkReconciler } from './trunk-reconciler.ts';
import type { Trunk, TrunkCalls, TrunkProvisioner } from './trunk-provisioner.ts';

/** The trunks of one technology in an Asterisk that can be away. */
class FakeTrunks implements TrunkProvisioner {
  readonly trunks = new Map<string, Trunk | undefined>();
  readonly calls: string[] = [];
  away = false;
  readonly broken = new Set<string>();
  /** How often changes were put in force. */
  applied = 0;
  cannotApply = false;
  /** Trunks in force. */
  inForce: readonly string[] = [];

  /** Happens while a trunk is being put. */
  during: () => Promise<unknown> = async () => undefined;

  async put(trunk: Trunk): Promise<void> {
    this.#call(`put ${trunk.name}`, trunk.name);
    await this.during();
    this.trunks.set(trunk.name, trunk);
  }

  async remove(name: string): Promise<void> {
    this.#call(`remove ${name}`, name);
    this.trunks.delete(name);
  }

  async list(): Promise<readonly string[]> {
    this.#call('list', '');
    return [...this.trunks.keys()];
  }

  async apply(): Promise<void> {
    if (this.away || this.cannotApply) throw new Error('no answer');
    this.applied += 1;
    this.inForce = [...this.trunks.keys()];
  }

  #call(what: string, name: string): void {
    this.calls.push(what);
    if (this.away || this.broken.has(name)) throw new Error('no answer');
  }
}

let samples: SampleInterlinks;
let pjsip: FakeTrunks;
let iax2: FakeTrunks;
let calls: FakeCalls;
let reconciler: TrunkReconciler;

/** Calls over trunks: how many, by the trunk's name. */
class FakeCalls implements TrunkCalls {
  readonly over = new Map<string, number>();

  async hangUp(trunk: string): Promise<number> {
    if (pjsip.away) throw new Error('no answer');
    const calls = this.over.get(trunk) ?? 0;
    this.over.delete(trunk);
    return calls;
  }

  async list(): Promise<readonly string[]> {
    return [...this.over.keys()];
  }
}

function makeReconciler(provisioners: Partial<Record<TrunkTechnology, FakeTrunks>>): TrunkReconciler {
  const { store, registry } = samples;
  return new TrunkReconciler({ store, registry, provisioners, calls, logger: silentLogger });
}

beforeEach(() => {
  vi.useFakeTimers();
  samples = new SampleInterlinks();
  pjsip = new FakeTrunks();
  iax2 = new FakeTrunks();
  calls = new FakeCalls();
  reconciler = makeReconciler({ pjsip, iax2 });
});
afterEach(async () => {
  await reconciler.stop();
  vi.useRealTimers();
});

const settled = async () => await vi.advanceTimersByTimeAsync(0);

test('a trunk is there from the pairing on, and gone with the interlink', async () => {
  await samples.addKey('key');
  const { id, peer } = await samples.addPairing('ber');
  await settled();
  const name = trunkName(id);
  expect([...pjsip.trunks.values()]).toEqual([{ name, address: peer?.trunk, secrets: sampleSecrets }]);
  await samples.store.activate(id, 0);
  await samples.registry.refresh(id);
  await settled();
  expect(pjsip.calls).toEqual([`put ${name}`]);
  await samples.bury(id);
  await settled();
  expect(pjsip.trunks.size).toBe(0);
});

test('an interlink that ends is cleared away once, though both the registry and the end ask for it', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  await samples.store.bury(id, 0, { tellPeer: true });
  samples.registry.end(id);
  expect(await reconciler.cleanUp(id)).toMatchObject({ kind: 'done' });
  await settled();
  expect(pjsip.calls.filter((call) => call.startsWith('remove'))).toEqual([`remove ${trunkName(id)}`]);
});

test('an interlink that ends while its trunk is being put leaves none', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  pjsip.during = () => samples.bury(id);
  await reconciler.reconcile();
  await settled();
  expect(pjsip.calls.at(-1)).toBe(`remove ${trunkName(id)}`);
  expect(pjsip.inForce).toEqual([]);
  expect(await samples.store.unfinishedEnds()).toMatchObject([{ cleanUpDue: false }]);
});

test('reconciling removes what should not be and puts what should', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  pjsip.trunks.clear();
  pjsip.trunks.set('il-old', undefined);
  pjsip.trunks.set('provider', undefined);
  iax2.trunks.set(trunkName(id), undefined);
  await reconciler.reconcile();
  expect([...pjsip.trunks.keys()]).toEqual(['provider', trunkName(id)]);
  expect([...iax2.trunks.keys()]).toEqual([]);
});

test('what fails while Asterisk is away is done again', async () => {
  pjsip.away = true;
  const { id } = await samples.addActive('ber');
  await settled();
  expect(pjsip.trunks.size).toBe(0);
  pjsip.away = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect([...pjsip.trunks.keys()]).toEqual([trunkName(id)]);
});

test('a removal that fails is done again', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  pjsip.away = true;
  await samples.bury(id);
  await settled();
  expect(pjsip.trunks.size).toBe(1);
  pjsip.away = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(pjsip.trunks.size).toBe(0);
});

test('a reconciliation that fails at the list is done again as a whole', async () => {
  pjsip.trunks.set('il-old', undefined);
  pjsip.away = true;
  await reconciler.reconcile();
  pjsip.away = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(pjsip.trunks.size).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pjsip.calls.filter((call) => call === 'list')).toHaveLength(2);
});

test('one trunk that cannot be made keeps no other from being made', async () => {
  const labels = ['a', 'b', 'c', 'd', 'e'];
  for (const label of labels) await samples.addActive(label);
  await settled();
  pjsip.trunks.clear();
  for (const label of ['a', 'b', 'c', 'd']) pjsip.broken.add(trunkName(label.padEnd(26, '0')));
  await reconciler.reconcile();
  await vi.advanceTimersByTimeAsync(5000);
  expect([...pjsip.trunks.keys()]).toEqual([trunkName('e'.padEnd(26, '0'))]);
  const tried = pjsip.calls.length;
  await vi.advanceTimersByTimeAsync(4999);
  expect(pjsip.calls).toHaveLength(tried);
});

test('a kind that is not configured is left alone', async () => {
  await reconciler.stop();
  reconciler = makeReconciler({ iax2 });
  await samples.addActive('ber');
  await reconciler.reconcile();
  expect(iax2.calls).toEqual(['list']);
});

test('nothing is done after the stop', async () => {
  pjsip.away = true;
  await samples.addActive('ber');
  await settled();
  await reconciler.stop();
  const { length } = pjsip.calls;
  await samples.addActive('far');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pjsip.calls).toHaveLength(length);
});

test('the calls of an interlink end with it, and their number is told', async () => {
  const { id } = await samples.addActive('ber');
  const other = await samples.addActive('far');
  calls.over.set(trunkName(id), 3).set(trunkName(other.id), 2);
  await samples.bury(id);
  expect(await reconciler.cleanUp(id)).toEqual({ kind: 'done', calls: 3 });
  expect([...calls.over.keys()]).toEqual([trunkName(other.id)]);
  expect(await samples.store.unfinishedEnds()).toMatchObject([{ cleanUpDue: false }]);
});

test('what cannot be cleaned up is pending, and done when Asterisk is back', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  calls.over.set(trunkName(id), 1);
  pjsip.away = true;
  await samples.bury(id);
  expect(await reconciler.cleanUp(id)).toEqual({ kind: 'pending' });
  expect(await samples.store.unfinishedEnds()).toMatchObject([{ cleanUpDue: true }]);
  pjsip.away = false;
  await reconciler.reconcile();
  expect(calls.over.size).toBe(0);
  expect(await samples.store.unfinishedEnds()).toMatchObject([{ cleanUpDue: false }]);
});

test('a clean-up that a restart interrupted is done at the next connect', async () => {
  const { id } = await samples.addActive('ber');
  await settled();
  await reconciler.stop();
  calls.over.set(trunkName(id), 1).set('il-of-an-older-backup', 1);
  await samples.bury(id);
  reconciler = makeReconciler({ pjsip, iax2 });
  await reconciler.reconcile();
  expect(pjsip.trunks.size).toBe(0);
  expect(calls.over.size).toBe(0);
  expect(await samples.store.unfinishedEnds()).toMatchObject([{ cleanUpDue: false }]);
});

test('many changes are put in force together, a removal before its clean-up counts as done', async () => {
  const [first, ...others] = await Promise.all(['a', 'b', 'c'].map((label) => samples.addActive(label)));
  await settled();
  const before = pjsip.applied;
  await reconciler.reconcile();
  expect(pjsip.inForce).toHaveLength(3);
  expect(pjsip.applied).toBe(before + 2);
  await samples.bury(first?.id ?? '');
  expect(await reconciler.cleanUp(first?.id ?? '')).toMatchObject({ kind: 'done' });
  expect(pjsip.inForce).toEqual(others.map(({ id }) => trunkName(id)));
});

test('what could not be put in force is tried again', async () => {
  pjsip.cannotApply = true;
  await samples.addActive('ber');
  await reconciler.refresh();
  pjsip.cannotApply = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(pjsip.inForce).toHaveLength(1);
});
