import { collectDefaultMetrics, Registry } from 'prom-client';
import { callDirections, type CallDirection, type CallOutcome, type CallRecord } from '../domain/call.ts';
import type { ConfigState } from '../domain/config-state.ts';
import { isSilent, type Health, type HealthSigns } from '../domain/health.ts';
import type { Interlink } from '../domain/interlink.ts';
import { refusalReasons, type RefusalReason } from '../domain/refusal.ts';
import { protocolVersion, version } from '../domain/version.ts';
import { CallCounts } from './call-counts.ts';
import { instruments } from './instruments.ts';
import type { Readiness } from './readiness.ts';

const lookupAnswers = ['shared', 'unknown', 'no-answer'] as const;
export type LookupAnswered = (typeof lookupAnswers)[number];

/** What is looked at when somebody asks for the metrics. */
export interface Observed {
  readonly registry: { all(): readonly Interlink[]; find(id: string): Interlink | undefined };
  readonly health: {
    healthOf(interlink: Interlink): Health;
    signsOf(id: string): HealthSigns | undefined;
  };
  readonly recorder: { active(): readonly CallRecord[] };
  readonly settings: { readonly state: ConfigState };
  readonly readiness: { check(): Promise<Readiness> };
  readonly ami: { readonly ready: boolean };
}

/**
 * How often prom-client looks whether the event loop is late, milliseconds. Its own 10 ms are a hundred wake-ups a
 * second, which took more processor than all else that a service without calls does.
 */
const lagResolutionMs = 50;

/** The metrics of the service, in the format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #all = instruments(this.#registry);
  readonly #calls = new CallCounts();

  constructor() {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: lagResolutionMs });
    // Series that are there from the start: the first event counts as an increase.
    for (const reason of refusalReasons) this.#all.authFailures.inc({ reason }, 0);
    for (const answer of lookupAnswers) this.#all.lookupDuration.zero({ answer });
    for (const direction of callDirections) this.#all.postDialDelay.zero({ direction });
    this.#all.buildInfo.set({ version, protocol: protocolVersion, node: process.versions.node }, 1);
  }

  refused(reason: RefusalReason): void {
    this.#all.authFailures.inc({ reason });
  }

  lookedUp(answer: LookupAnswered, seconds: number): void {
    this.#all.lookupDuration.observe({ answer }, seconds);
  }

  postDialDelay(direction: CallDirection, seconds: number): void {
    this.#all.postDialDelay.observe({ direction }, seconds);
  }

  callEnded({ interlinkId, direction }: CallRecord, outcome: CallOutcome): void {
    this.#calls.add(interlinkId, direction, outcome);
  }

  /** What is exposed: all metrics at the moment of asking. */
  of(observed: Observed): { readonly contentType: string; expose(): Promise<string> } {
    return { contentType: this.#registry.contentType, expose: () => this.#expose(observed) };
  }

  /** Series of interlinks that have ended are gone, a renamed one has its new name. */
  async #expose(observed: Observed): Promise<string> {
    const { asterisk, database } = await observed.readiness.check();
    this.#all.asteriskUp.set(asterisk === undefined ? 1 : 0);
    this.#all.amiUp.set(observed.ami.ready ? 1 : 0);
    this.#all.databaseUp.set(database === undefined ? 1 : 0);
    const { refused, inForceSince } = observed.settings.state;
    this.#all.configLoaded.set(refused === undefined ? 1 : 0);
    this.#all.configLoadedAt.set(inForceSince / 1000);
    this.#readInterlinks(observed);
    this.#readCalls(observed);
    return await this.#registry.metrics();
  }

  #readInterlinks({ registry, health }: Observed): void {
    const { peerUp, clockSkew, health: colours } = this.#all;
    for (const gauge of [peerUp, clockSkew, colours]) gauge.reset();
    for (const one of registry.all()) {
      const interlink = one.name;
      colours.set({ interlink, colour: health.healthOf(one).colour }, 1);
      const signs = health.signsOf(one.id);
      if (signs === undefined) continue;
      peerUp.set({ interlink }, signs.answeredAt !== undefined && !isSilent(signs) ? 1 : 0);
      if (signs.clockSkewMs !== undefined) clockSkew.set({ interlink }, signs.clockSkewMs / 1000);
    }
  }

  #readCalls({ registry, recorder }: Observed): void {
    const { calls, callsActive } = this.#all;
    calls.reset();
    const isLive = (id: string): boolean => registry.find(id) !== undefined;
    for (const { interlinkId, direction, outcome, count } of this.#calls.of(isLive)) {
      const name = interlinkId === undefined ? '' : (registry.find(interlinkId)?.name ?? '');
      calls.inc({ interlink: name, direction, outcome }, count);
    }
    const active = recorder.active();
    for (const direction of callDirections) {
      callsActive.set({ direction }, active.filter((call) => call.direction === direction).length);
    }
  }
}
