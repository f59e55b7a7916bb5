import assert from 'node:assert/strict';
import { routeCall, type Route } from '../src/calls/route-call.ts';
import { directoryOf } from '../src/domain/directory.ts';
import { localNumber, numberPlan } from '../src/domain/testing.ts';
import { link, TestSystem } from '../src/peer/testing/test-system.ts';

const SIZES = [1, 1000] as const;
const DIALS = 200;
const plan = (): ReturnType<typeof numberPlan> => numberPlan(localNumber('10'));

/**
 * Shows that a dial costs the same with 1 and with 1,000 interlinks: two offices linked to so many others, all in
 * this process and speaking the real protocol over TLS. Who is asked is counted, and has to be one peer a dial. The
 * time is printed; both offices dial in turns, so that a busy machine slows both alike.
 */
interface Hub {
  readonly size: number;
  readonly system: TestSystem;
  readonly peers: readonly TestSystem[];
  /** What its peers were asked. */
  readonly asked: string[];
  readonly times: number[];
}

const hubs = await Promise.all([startHub(SIZES[0], '127.0.0.2'), startHub(SIZES[1], '127.0.0.4')]);
for (const { peers } of hubs) for (const [index, peer] of peers.entries()) await sendDirectory(peer, index);
for (const hub of hubs) await countAsked(hub);
for (let round = 0; round < DIALS; round += 1) {
  for (const hub of hubs) {
    const started = performance.now();
    assert.equal((await dial(hub, numberOf(0))).kind, 'trunk');
    hub.times.push(performance.now() - started);
  }
}
for (const { size, times } of hubs) {
  print(`${size} interlinks: 1 peer asked a dial; median of ${DIALS} dials ${median(times).toFixed(2)} ms`);
}
const [one, many] = hubs.map(({ times }) => median(times));
print(`A dial takes ${((many ?? 0) / (one ?? 1)).toFixed(2)} times as long with ${SIZES[1]} interlinks.`);
for (const { system, peers } of hubs) {
  await Promise.all([system, ...peers].map((each) => each[Symbol.asyncDispose]()));
}

/** @param address the hub's; its peers are all at the next one */
async function startHub(size: number, address: string): Promise<Hub> {
  const system = await TestSystem.start({ name: 'Hub', address });
  const hub = { size, system, peers: [] as TestSystem[], asked: [], times: [] };
  const peerAddress = address.replace(/\d+$/, (last) => String(Number(last) + 1));
  while (hub.peers.length < size) hub.peers.push(await addPeer(hub, hub.peers.length, peerAddress));
  return hub;
}

/** An office with one number of its own, linked to the hub. */
async function addPeer({ system, asked }: Hub, index: number, address: string): Promise<TestSystem> {
  const own = numberOf(index);
  const peer = await TestSystem.start({
    name: `Office ${index}`,
    address,
    answerLookup: (_interlink, { number }) => {
      asked.push(number);
      return number === own ? { status: 'shared', ticket: 'A'.repeat(22) } : { status: 'unknown' };
    },
  });
  await link(peer, system);
  return peer;
}

/** Sends the hub the directory, which is current for 20 s from then on. */
async function sendDirectory(peer: TestSystem, index: number): Promise<void> {
  const [hubAsSeenThere] = peer.registry.active();
  assert.ok(hubAsSeenThere);
  const directory = directoryOf(numberPlan(localNumber(numberOf(index))));
  const sent = await peer.client.sendDirectory(hubAsSeenThere, directory, AbortSignal.timeout(10_000));
  assert.equal(sent.kind, 'acknowledged');
}

async function countAsked(hub: Hub): Promise<void> {
  for (let dialed = 0; dialed < DIALS; dialed += 1) {
    const number = numberOf((dialed * 7) % hub.size);
    assert.equal((await dial(hub, number)).kind, 'trunk');
    assert.deepEqual(
      hub.asked.splice(0),
      [number],
      'the one peer that has the number is asked, and no other',
    );
  }
  assert.equal((await dial(hub, '9999')).kind, 'unknown');
  assert.deepEqual(hub.asked, [], 'for a number that nobody has, nobody is asked');
}

async function dial({ system }: Hub, dialed: string): Promise<Route> {
  const { directories, client: lookups, registry: interlinks } = system;
  const call = { callId: crypto.randomUUID(), dialed, caller: { number: '10', name: 'Reception' } };
  return await routeCall({ plan, interlinks, directories, lookups }, { ...call, fromTrunk: false });
}

function numberOf(index: number): string {
  return String(1000 + index);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
