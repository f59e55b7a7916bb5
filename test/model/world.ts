import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answerLookup } from '../../src/calls/answer-lookup.ts';
import { LookupLimit } from '../../src/calls/lookup-limit.ts';
import { TicketOffice } from '../../src/calls/tickets.ts';
import { fail, type Result } from '../../src/domain/failure.ts';
import type { Identity } from '../../src/domain/identity.ts';
import { isActive, type Interlink } from '../../src/domain/interlink.ts';
import type { NumberPlan } from '../../src/domain/number-plan.ts';
import { localNumber, numberPlan } from '../../src/domain/testing/samples.ts';
import type {
  NoticeTransport,
  PairedInterlink,
  PairingDelivery,
  PairingTransport,
} from '../../src/interlinks/peer-transport.ts';
import { silentLogger } from '../../src/interlinks/testing/samples.ts';
import { makeIdentity } from '../../src/peer/identity.ts';
import { TestSystem } from '../../src/peer/testing/test-system.ts';
import { openStore, type Store } from '../../src/store/index.ts';

/** What can happen to one message of a pairing or a deletion on its way. */
export type Mishap = 'request lost' | 'answer lost' | 'delivered twice' | 'held back';

const settleMs = 15_000;

/** One company of the model: a system with a real database and real TLS, that can crash and start again. */
export class Company {
  readonly name: string;
  readonly address: string;
  readonly identity: Identity;
  readonly #world: World;
  readonly #dataDir: string;
  readonly #tickets = new TicketOffice(() => performance.now());
  readonly #limit = new LookupLimit(() => performance.now(), silentLogger);
  #plan: NumberPlan = numberPlan();
  #store: Store | undefined;
  #port = 0;
  clockOffsetMs = 0;
  system: TestSystem | undefined;

  constructor(world: World, name: string, address: string, dataDir: string) {
    this.#world = world;
    this.name = name;
    this.address = address;
    this.#dataDir = dataDir;
    this.identity = makeIdentity([address]);
    this.share(true);
  }

  /** All have the same one number; the model is about who may reach it. */
  static readonly number = '101';

  get shares(): boolean {
    return this.#plan.findShared(Company.number) !== undefined;
  }

  share(shared: boolean): void {
    this.#plan = numberPlan(localNumber(Company.number, { private: !shared }));
  }

  async start(): Promise<void> {
    if (this.system !== undefined) return;
    const store = await openStore({ dataDir: this.#dataDir });
    this.#store = store;
    this.system = await TestSystem.start({
      name: this.name,
      address: this.address,
      identity: this.identity,
      store: Object.assign(store.interlinks, {
        remember: (jti: string, until: number) => store.seenRequests.remember(jti, until),
        directories: store.directories,
        history: store.history,
      }) as never,
      port: this.#port,
      clockOffsetMs: this.clockOffsetMs,
      answerLookup: (interlink, query) =>
        answerLookup(
          { plan: () => this.#plan, tickets: this.#tickets, limit: this.#limit },
          interlink,
          query,
        ),
      wrapTransport: (transport) => this.#world.unreliable(this, transport),
    });
    this.#port = this.system.port;
    await this.system.runner.resumeRedemptions();
  }

  /** Ends the system wherever it is. What was acknowledged is on disk; all else is gone. */
  async crash(): Promise<void> {
    const { system } = this;
    this.system = undefined;
    await system?.[Symbol.asyncDispose]();
    await this.#store?.close();
    this.#store = undefined;
  }

  shiftClock(ms: number): void {
    this.clockOffsetMs = ms;
    if (this.system !== undefined) this.system.clockOffsetMs = ms;
  }

  interlinks(): readonly Interlink[] {
    return this.system?.registry.all() ?? [];
  }
}

/** Three companies and the network between them. */
export class World {
  readonly companies: readonly Company[];
  /** Keys that were generated, in order. */
  readonly keys: string[] = [];
  /** What happens to the next messages of pairings and deletions, in order. */
  readonly mishaps: Mishap[] = [];
  readonly #folder: string;
  readonly #cut = new Set<string>();
  #held: (() => Promise<unknown>)[] = [];
  #names = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.companies = ['Berlin', 'Lisbon', 'Porto'].map(
      (name, index) => new Company(this, name, `127.0.0.${index + 5}`, join(folder, name)),
    );
  }

  static async begin(): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), 'interlinks-model-')));
    for (const company of world.companies) await company.start();
    return world;
  }

  async end(): Promise<void> {
    for (const company of this.companies) await company.crash();
    await rm(this.#folder, { recursive: true });
  }

  freshName(): string {
    this.#names += 1;
    return `Interlink ${this.#names}`;
  }

  cut(one: Company, other: Company): void {
    this.#cut.add(wire(one, other));
  }

  heal(): void {
    this.#cut.clear();
  }

  isCut(one: Company, other: Company): boolean {
    return this.#cut.has(wire(one, other));
  }

  async redeem(company: Company, key: string): Promise<Result<Interlink> | undefined> {
    return company.system?.redeemKey.redeem({ name: this.freshName(), key });
  }

  /** Delivers the messages that were held back, the last one first. Nobody waits for their answers any more. */
  async deliverLate(): Promise<void> {
    const late = this.#held.toReversed();
    this.#held = [];
    for (const deliver of late) await deliver().catch(() => undefined);
  }

  /** Everybody is up and can reach everybody, and what was begun comes to its end. */
  async settle(): Promise<void> {
    this.heal();
    this.mishaps.length = 0;
    await this.deliverLate();
    for (const company of this.companies) await company.crash();
    for (const company of this.companies) await company.start();
    const end = performance.now() + settleMs;
    while (this.#isBusy() && performance.now() < end) await delay(20);
  }

  /** The transport of a company over the unreliable network. */
  unreliable(
    from: Company,
    transport: PairingTransport & NoticeTransport,
  ): Omit<PairingTransport & NoticeTransport, 'release'> {
    return {
      requestPairing: async (url, request, signal) => {
        const to = this.companies.find((company) => url.includes(`//${company.address}:`));
        if (to !== undefined && this.isCut(from, to)) return unsent();
        return this.#convey<PairingDelivery>(
          () => transport.requestPairing(url, request, signal),
          unanswered,
        );
      },
      confirmPairing: async (interlink, signal) => {
        if (this.#isCutOff(from, interlink)) return unanswered();
        return this.#convey(() => transport.confirmPairing(interlink, signal), unanswered);
      },
      notify: async (interlink, notice, signal) => {
        if (this.#isCutOff(from, interlink)) return failed();
        return this.#convey(() => transport.notify(interlink, notice, signal), failed);
      },
    };
  }

  #isCutOff(from: Company, { peer }: PairedInterlink): boolean {
    const to = this.companies.find(({ identity }) => identity.id === peer.id);
    return to !== undefined && this.isCut(from, to);
  }

  async #convey<T>(deliver: () => Promise<T>, lost: () => T): Promise<T> {
    switch (this.mishaps.shift()) {
      case 'request lost':
        return lost();
      case 'answer lost':
        await deliver();
        return lost();
      case 'delivered twice':
        await deliver();
        return deliver();
      case 'held back':
        this.#held.push(deliver);
        return lost();
      case undefined:
        return deliver();
    }
  }

  /** Whether a pairing is open, or one side has what the other has not. */
  #isBusy(): boolean {
    return this.companies.some((company) =>
      company.interlinks().some((interlink) => {
        if (interlink.state === 'pairing') return true;
        const other = otherSide(this, interlink);
        return other !== undefined && other.system?.registry.find(interlink.id) === undefined;
      }),
    );
  }
}

/** The other company of an interlink, as one side knows it. */
export function otherSide(world: World, interlink: Interlink): Company | undefined {
  return world.companies.find(({ identity }) => identity.id === interlink.peer?.id);
}

export function activeOf(company: Company): readonly Interlink[] {
  return company.interlinks().filter(isActive);
}

function wire(one: Company, other: Company): string {
  return [one.name, other.name].toSorted().join(' – ');
}

function unanswered(): { kind: 'unanswered'; reason: string } {
  return { kind: 'unanswered', reason: 'lost' };
}

function failed(): { kind: 'failed'; reason: string } {
  return { kind: 'failed', reason: 'lost' };
}

function unsent(): PairingDelivery {
  return { kind: 'unsent', ...fail('peer-unreachable', 'The network is cut.', 'Wait.'), reason: 'cut' };
}
