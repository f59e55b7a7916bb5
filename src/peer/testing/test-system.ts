import { randomBytes } from 'node:crypto';
import type { LookupAnswer, LookupQuery } from '../../calls/peer-lookups.ts';
import { directoryOf } from '../../domain/directory.ts';
import type { Identity } from '../../domain/identity.ts';
import type { ActiveInterlink, TrunkKind } from '../../domain/interlink.ts';
import { NumberPlan } from '../../domain/number-plan.ts';
import { makeTrunkCertificate } from '../../domain/trunk-certificate.ts';
import { protocolVersion } from '../../domain/version.ts';
import { AbandonPairings } from '../../interlinks/abandon-pairings.ts';
import { AcceptPairing } from '../../interlinks/accept-pairing.ts';
import { ConfirmPairing } from '../../interlinks/confirm-pairing.ts';
import { directoryExchange } from '../../interlinks/directory-exchange.ts';
import { DirectoryPublisher } from '../../interlinks/directory-publisher.ts';
import { DeletionNotices } from '../../interlinks/deletion-notices.ts';
import { EndInterlink } from '../../interlinks/end-interlink.ts';
import { Exclusive } from '../../domain/exclusive.ts';
import { FollowPeer } from '../../interlinks/follow-peer.ts';
import { GenerateKey } from '../../interlinks/generate-key.ts';
import { HealthMonitor } from '../../interlinks/health-monitor.ts';
import { InterlinkRegistry } from '../../interlinks/interlink-registry.ts';
import { contactOf } from '../../interlinks/local-system.ts';
import type { LocalSystem } from '../../interlinks/local-system.ts';
import type { NoticeTransport, PairingTransport } from '../../interlinks/peer-transport.ts';
import { PeerDirectories } from '../../interlinks/peer-directories.ts';
import { RedeemKey } from '../../interlinks/redeem-key.ts';
import { RedemptionRunner } from '../../interlinks/redemption-runner.ts';
import { RestoreWatch } from '../../interlinks/restore-watch.ts';
import type { Step } from '../../interlinks/steps.ts';
import { MemoryStore } from '../../interlinks/testing/memory-store.ts';
import { silentLogger } from '../../interlinks/testing/samples.ts';
import { PeerClient } from '../client.ts';
import type { Resolve } from '../connector.ts';
import { makeHostCheck } from '../host-check.ts';
import { makeIdentity } from '../identity.ts';
import type { PeerLimits } from '../limits.ts';
import { pairingCodec } from '../pairing-wire.ts';
import { PeerServer, type PeerServerDeps } from '../server.ts';

export interface TestSystemOptions {
  readonly name: string;
  /** A loopback address of its own. */
  readonly address: string;
  readonly identity?: Identity;
  readonly store?: MemoryStore;
  /** The port of an earlier start; left out: any. */
  readonly port?: number;
  readonly kinds?: readonly [TrunkKind, ...TrunkKind[]];
  /** This clock less the machine's, milliseconds. */
  readonly clockOffsetMs?: number;
  /** Version of the protocol that it says it speaks. */
  readonly protocol?: number;
  readonly plan?: () => NumberPlan;
  /** Resolves host names, where they are only checked; left out: none can be resolved. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<PeerLimits>;
  readonly answerLookup?: (interlink: ActiveInterlink, query: LookupQuery) => LookupAnswer;
  readonly mediaTests?: PeerServerDeps['mediaTests'];
  /** Put between the use-cases and the network; what is left out stays as it is. */
  readonly wrapTransport?: (transport: Transport) => Partial<Transport>;
}

type Transport = PairingTransport & NoticeTransport;

const noNames: Resolve = async () => await Promise.resolve([]);
const noNumbers = new NumberPlan([], { min: 2, max: 6, emergency: [], ownPrefix: undefined });

/** A whole system over real TLS on a loopback address, without Asterisk and database. */
export class TestSystem implements AsyncDisposable {
  readonly identity: Identity;
  readonly store: MemoryStore;
  readonly registry: InterlinkRegistry;
  readonly client: PeerClient;
  readonly directories: PeerDirectories;
  readonly history: RestoreWatch;
  readonly publisher: DirectoryPublisher;
  readonly health: HealthMonitor;
  readonly runner: RedemptionRunner;
  readonly generateKey: GenerateKey;
  readonly redeemKey: RedeemKey;
  readonly local: { -readonly [Key in keyof LocalSystem]: LocalSystem[Key] };
  readonly now: () => number;
  clockOffsetMs: number;
  readonly ending: EndInterlink;
  /** What happened here from the beginning to the end of interlinks. */
  readonly steps: Step[] = [];
  readonly #notices: DeletionNotices;
  readonly #follow: FollowPeer;
  readonly #abandon: AbandonPairings;
  readonly #server: PeerServer;
  readonly #address: { readonly host: string; readonly port: number };

  constructor(options: TestSystemOptions) {
    const { name, address, kinds = ['pjsip', 'iax2'] } = options;
    this.identity = options.identity ?? makeIdentity([address]);
    this.store = options.store ?? new MemoryStore();
    this.clockOffsetMs = options.clockOffsetMs ?? 0;
    this.#address = { host: address, port: options.port ?? 0 };
    const portOf = { pjsip: 5071, 'pjsip-plain': 5071, iax2: 4569 } as const;
    const ports = { 'pjsip-plain': 5071, ...Object.fromEntries(kinds.map((kind) => [kind, portOf[kind]])) };
    const { certificate } = makeTrunkCertificate(this.identity.id, [address, 'vpn.berlin.example']);
    this.local = { name, url: '', trunk: { kinds, host: address, ports, certificate }, allowLoopback: true };
    this.now = () => Date.now() + this.clockOffsetMs;

    const { identity, store, now, local } = this;
    this.registry = new InterlinkRegistry(store);
    this.client = new PeerClient({
      identity,
      now,
      logger: silentLogger,
      allowLoopback: () => local.allowLoopback,
      onGone: ({ id }) => void this.ending.end(id, 'other-side'),
    });
    const common = {
      uptime: () => performance.now(),
      store,
      registry: this.registry,
      identity,
      codec: pairingCodec,
      system: (): LocalSystem => local,
      checkHost: makeHostCheck(() => local.allowLoopback, options.resolve ?? noNames),
      now,
      randomBytes: (length: number): Uint8Array => randomBytes(length),
      logger: silentLogger,
      exclusive: new Exclusive(),
      onStep: (step: Step): void => void this.steps.push(step),
    };
    const { client } = this;
    const network: Transport = {
      requestPairing: async (...parameters) => await client.requestPairing(...parameters),
      confirmPairing: async (...parameters) => await client.confirmPairing(...parameters),
      notify: async (...parameters) => await client.notify(...parameters),
      release: async (id) => await client.release(id),
    };
    const transport = { ...network, ...options.wrapTransport?.(network) };
    this.#notices = new DeletionNotices({ ...common, transport });
    this.runner = new RedemptionRunner({ ...common, transport, notices: this.#notices });
    this.generateKey = new GenerateKey(common);
    this.redeemKey = new RedeemKey({ ...common, runner: this.runner });
    this.ending = new EndInterlink({
      ...common,
      trunks: { cleanUp: async () => ({ kind: 'done', calls: 0 }) },
    });
    this.#abandon = new AbandonPairings(common);
    this.#follow = new FollowPeer(common);
    const directory = {
      ...common,
      store: store.directories,
      isAway: (id: string): boolean => this.health.isAway(id),
    };
    const plan = options.plan ?? ((): NumberPlan => noNumbers);
    this.directories = new PeerDirectories(directory);
    this.publisher = new DirectoryPublisher({
      ...directory,
      transport: this.client,
      directory: () => directoryOf(plan()),
    });
    this.history = new RestoreWatch({ ...common, store: store.history });
    this.health = new HealthMonitor({
      ...common,
      directories: directoryExchange(this.publisher, this.directories),
      history: this.history,
      contact: (interlink) => contactOf(local, identity.certificate, interlink),
      transport: this.client,
      version: '0.1.0',
      protocol: options.protocol ?? protocolVersion,
    });
    const acceptPairing = new AcceptPairing(common);
    const confirmPairing = new ConfirmPairing(common);
    this.#server = new PeerServer({
      identity,
      findInterlink: async (id) => await this.registry.findEver(id),
      learned: async (id) => await this.#notices.learned(id),
      acceptPairing: async (request) => await acceptPairing.accept(request),
      confirm: async (id) => await confirmPairing.confirm(id),
      heard: (interlink, beat) => this.health.heard(interlink, beat),
      limits: options.limits,
      follow: (id, contact, toldAt) => void this.#follow.follow(id, contact, toldAt),
      answerLookup: options.answerLookup ?? (() => ({ status: 'unknown' })),
      mediaTests: options.mediaTests ?? { begin: () => undefined, report: async () => undefined },
      receiveDirectory: async (interlink, received) => await this.directories.receive(interlink, received),
      noticed: async ({ id }) => void (await this.ending.end(id, 'other-side')),
      seenRequests: store,
      uptime: common.uptime,
      now,
      logger: silentLogger,
      refusals: { refused: () => true },
    });
  }

  static async start(options: TestSystemOptions): Promise<TestSystem> {
    const system = new TestSystem(options);
    const { host, port } = await system.#server.listen(system.#address);
    system.local.url = `https://${host}:${port}`;
    await system.registry.load();
    await system.directories.load();
    await system.history.start();
    system.#notices.start();
    return system;
  }

  get address(): string {
    return this.#address.host;
  }

  get port(): number {
    return Number(new URL(this.local.url).port);
  }

  /** @returns a new authorization key. Throws the failure's code */
  async newKey(
    name: string,
    input: Omit<Parameters<GenerateKey['generate']>[0], 'name'> = {},
  ): Promise<string> {
    const result = await this.generateKey.generate({ name, ...input });
    if (!result.ok) throw new Error(result.failure.code);
    return result.value.key;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abandon.stop();
    await this.#notices.stop();
    await this.runner.stop();
    await this.health.stop();
    await this.history.stop();
    await this.publisher.stop();
    await this.client.close();
    await this.#server.close();
    await this.registry.stop();
  }
}

/** Links two systems. @returns the interlink's id. Throws the failure's code */
export async function link(issuer: TestSystem, redeemer: TestSystem): Promise<string> {
  const key = await issuer.newKey(redeemer.local.name);
  const result = await redeemer.redeemKey.redeem({ name: issuer.local.name, key });
  if (!result.ok) throw new Error(result.failure.code);
  return result.value.id;
}

/** The interlink, which has to be active. */
export function activeOn(system: TestSystem, id: string): ActiveInterlink {
  const interlink = system.registry.active().find((candidate) => candidate.id === id);
  if (interlink === undefined) throw new Error(`${system.local.name} has no active interlink ${id}`);
  return interlink;
}
