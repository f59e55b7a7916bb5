import { randomUUID } from 'node:crypto';
import type { Admission, TrunkCall } from '../calls/admit-call.ts';
import type { CallRecorder } from '../calls/call-recorder.ts';
import type { DialedCall, Route, TrunkCandidate } from '../calls/route-call.ts';
import type { CallerIdentity } from '../domain/caller.ts';
import { cause, isCongestion, isTrunkFailure, type HangupCause } from '../domain/hangup-cause.ts';
import { trunkName, type ActiveInterlink } from '../domain/interlink.ts';
import type { DialplanLocation } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import type { AriChannel, StasisStart } from './ari-events.ts';
import type { CallChannels } from './call-channels.ts';
import { parseProgress } from './call-progress.ts';
import type { CallWatch } from './call-watch.ts';
import { endpointOf, trunkOf } from './channel-name.ts';
import type { TransitWatch } from './transit-watch.ts';

export interface StasisApplicationDeps {
  readonly ari: AriConnection;
  readonly channels: CallChannels;
  readonly route: (call: DialedCall, signal: AbortSignal) => Promise<Route>;
  readonly admit: (call: TrunkCall) => Admission;
  readonly identify: (endpoint: string, callerId: string) => CallerIdentity;
  /** Whether a call over a trunk is a media test, see MediaTests. */
  readonly isMediaTest: (interlink: ActiveInterlink, ticket: string, channel: string) => boolean;
  /** Whether an interlink may carry the call of a channel, see CallLimit. */
  readonly hasRoom: (interlinkId: string, channel: string) => boolean;
  readonly interlinkOfTrunk: (trunk: string) => ActiveInterlink | undefined;
  readonly recorder: CallRecorder;
  readonly watch: CallWatch;
  readonly transit: Pick<TransitWatch, 'began'>;
  readonly refusals: Refusals;
  /** Where numbers go that nobody has; none: the caller hears that the number is unknown. */
  readonly notFound: () => DialplanLocation | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

type Begin = (direction: 'local' | 'out', interlinkId?: string) => void;

/**
 * The Stasis application: takes the channels that dialplan/interlinks.conf hands over, decides, and sends each on.
 * It never holds a channel; Asterisk dials, and a call outlives the service.
 */
export class StasisApplication {
  readonly #deps: StasisApplicationDeps;
  /** Peers that said yes and have not been tried yet, by channel. */
  readonly #untried = new Map<string, readonly TrunkCandidate[]>();
  /** Ends the asking of peers for a channel whose caller has hung up. */
  readonly #asking = new Map<string, AbortController>();

  constructor(deps: StasisApplicationDeps) {
    this.#deps = deps;
    const { ari } = deps;
    ari.on('StasisStart', (event) => void this.#take(event));
    ari.on('StasisEnd', ({ channel }) => this.#asking.get(channel.id)?.abort());
  }

  /** Takes up, after a connection to Asterisk was made, the calls that were up before. */
  async resume(): Promise<void> {
    const { recorder, watch } = this.#deps;
    await recorder.reopen();
    for (const { channel } of recorder.active()) watch.resume(channel);
  }

  async #take({ channel, args }: StasisStart): Promise<void> {
    const [mode, number = '', argument = '', progress = ''] = args;
    try {
      if (mode === 'over') this.#over(channel, Number(number), argument);
      else if (mode === 'call') await this.#call(channel, number, argument !== '');
      else if (mode === 'arrival') await this.#arrival(channel, number, argument);
      else if (mode === 'again') await this.#again(channel, Number(argument), progress);
      else await this.#deps.channels.hangUp(channel.id, cause.temporaryFailure);
    } catch (error) {
      const { log, recorder } = this.#deps;
      this.#untried.delete(channel.id);
      // Nobody may tell of its end any more.
      recorder.ended(channel.id, isNotFound(error) ? cause.normalClearing : cause.temporaryFailure);
      // A caller who hangs up is nothing to tell; any other channel leaves by its absolute time-out within 2 s.
      if (!isNotFound(error)) log.warn({ err: error, channel: channel.name, mode }, 'channel not handled');
    }
  }

  async #call(channel: AriChannel, dialed: string, transferred: boolean): Promise<void> {
    const { recorder, notFound, log } = this.#deps;
    const trunk = trunkOf(channel.name);
    const fromTrunk = transferred || trunk !== undefined;
    // What goes on within this system, transferred or not answered, is a call of that interlink still.
    const interlink = trunk === undefined ? undefined : this.#deps.interlinkOfTrunk(trunk);
    const caller = this.#deps.identify(endpointOf(channel.name), channel.caller.number);
    const callId = randomUUID();
    const startedAt = this.#deps.now();
    // One that was transferred: that the call before was answered may not be known yet.
    if (channel.state === 'Up') recorder.answered(channel.id, startedAt);
    const asking = new AbortController();
    this.#asking.set(channel.id, asking);
    const route = await this.#deps
      .route({ callId, dialed, caller, fromTrunk }, asking.signal)
      .finally(() => this.#asking.delete(channel.id));
    const begin: Begin = (direction, interlinkId) =>
      recorder.begin({
        callId,
        ...(interlink === undefined
          ? { direction, interlinkId }
          : { direction: 'in', interlinkId: interlink.id }),
        caller: caller.number,
        dialed,
        channel: channel.id,
        startedAt,
      });
    if (asking.signal.aborted) {
      // The caller hung up, or the dial plan took the channel back and goes on without the service.
      begin('out');
      recorder.ended(channel.id, cause.normalClearing);
      return;
    }
    this.#deps.watch.wasUpBefore(channel.id, channel.state === 'Up' && isDialed(route));
    const sent = this.#send(channel.id, dialed, route, begin, fromTrunk ? undefined : notFound());
    // Nobody waits for this.
    log.info({ callId, channel: channel.name, dialed, route: describe(route) }, 'call');
    await sent;
  }

  async #send(
    channel: string,
    dialed: string,
    route: Route,
    begin: Begin,
    notFound: DialplanLocation | undefined,
  ): Promise<void> {
    const { channels, watch } = this.#deps;
    switch (route.kind) {
      case 'local':
        begin('local');
        watch.sent(channel);
        await channels.ring(channel, route.number);
        return;
      case 'trunk':
        begin('out', route.candidates[0]?.interlink.id);
        await this.#tryNext(channel, route.candidates);
        return;
      case 'away':
        begin('out');
        await this.#hangUp(channel, cause.networkOutOfOrder);
        return;
      case 'unknown':
      case 'foreign':
        if (notFound !== undefined) {
          await channels.handBack(channel, dialed, notFound);
          return;
        }
        begin('out');
        await this.#hangUp(channel, cause.unallocated);
    }
  }

  async #arrival(channel: AriChannel, number: string, ticket: string): Promise<void> {
    const { channels, recorder, watch, log } = this.#deps;
    const startedAt = this.#deps.now();
    const trunk = trunkOf(channel.name);
    const interlink = trunk === undefined ? undefined : this.#deps.interlinkOfTrunk(trunk);
    if (interlink !== undefined && this.#deps.isMediaTest(interlink, ticket, channel.id)) {
      await channels.soundTone(channel.id);
      return;
    }
    const admission = this.#deps.admit({ interlink, channel: channel.id, number, ticket });
    const record = {
      direction: 'in' as const,
      interlinkId: interlink?.id,
      dialed: number,
      channel: channel.id,
      startedAt,
    };
    switch (admission.kind) {
      case 'admitted': {
        const { callId, caller, callerNumber } = admission;
        recorder.begin({ ...record, callId, caller: callerNumber });
        if (trunk !== undefined) this.#deps.transit.began(trunk);
        watch.sent(channel.id);
        const sent = channels.ring(channel.id, admission.number, caller);
        log.info(
          { callId, channel: channel.name, number, interlink: interlink?.id, name: interlink?.name },
          'call from a linked system',
        );
        await sent;
        return;
      }
      case 'unknown':
        recorder.begin({ ...record, callId: admission.callId, caller: undefined });
        await this.#hangUp(channel.id, cause.unallocated);
        return;
      case 'refused': {
        const { why } = admission;
        const tooMany = why === 'trunk-too-many-calls';
        // Who floods gets as little work done as can be.
        const remote = tooMany
          ? undefined
          : await channels.variable(channel.id, remoteAddress(channel.name)).catch(() => undefined);
        const callId = randomUUID();
        const written = this.#deps.refusals.refused(why, remote, {
          callId,
          channel: channel.name,
          number,
          interlink: interlink?.id,
        });
        const ended = tooMany ? cause.congestion : cause.callRejected;
        if (written) recorder.refused({ ...record, callId, caller: undefined }, ended);
        await channels.hangUp(channel.id, ended);
      }
    }
  }

  /** A channel ends that the dial plan had; nothing can be done to it any more. */
  #over(channel: AriChannel, ended: HangupCause, progress: string): void {
    const { watch } = this.#deps;
    this.#untried.delete(channel.id);
    watch.told(channel.id, parseProgress(progress));
    watch.over(channel.id, ended);
  }

  /** A trunk failed. Another peer is tried unless a phone has rung already or the called side has said its word. */
  async #again(channel: AriChannel, ended: HangupCause, progress: string): Promise<void> {
    this.#deps.watch.told(channel.id, parseProgress(progress));
    const untried = (this.#untried.get(channel.id) ?? []).filter(({ interlink }) => this.#isLive(interlink));
    const trunkFailed = isTrunkFailure(ended) && !this.#deps.recorder.hasRung(channel.id);
    if (trunkFailed && untried.length > 0) {
      await this.#tryNext(channel.id, untried);
      return;
    }
    if (isCongestion(ended)) await this.#hangUp(channel.id, cause.congestion);
    else await this.#hangUp(channel.id, trunkFailed ? cause.networkOutOfOrder : ended);
  }

  async #tryNext(channel: string, candidates: readonly TrunkCandidate[]): Promise<void> {
    const live = candidates.filter(({ interlink }) => this.#isLive(interlink));
    const [next, ...untried] = live.filter(({ interlink }) => this.#deps.hasRoom(interlink.id, channel));
    if (next === undefined) {
      await this.#hangUp(channel, live.length === 0 ? cause.unallocated : cause.congestion);
      return;
    }
    this.#untried.delete(channel);
    if (untried.length > 0) this.#remember(channel, untried);
    this.#deps.recorder.redirect(channel, next.interlink.id);
    this.#deps.transit.began(trunkName(next.interlink.id));
    this.#deps.watch.sent(channel);
    await this.#deps.channels.dial(channel, next);
  }

  /** And forgets those of calls whose end was found out and not told. */
  #remember(channel: string, untried: readonly TrunkCandidate[]): void {
    for (const other of this.#untried.keys()) {
      if (this.#deps.recorder.find(other) === undefined) this.#untried.delete(other);
    }
    this.#untried.set(channel, untried);
  }

  /** An interlink may be deleted between a peer's yes and the call. */
  #isLive({ id }: ActiveInterlink): boolean {
    return this.#deps.interlinkOfTrunk(trunkName(id)) !== undefined;
  }

  /** Of the end of a channel that is hung up inside Stasis nobody tells, unless it was dialed for before. */
  async #hangUp(channel: string, reason: HangupCause): Promise<void> {
    await this.#deps.channels.hangUp(channel, reason);
    this.#deps.recorder.ended(channel, reason);
  }
}

/** The function that gives the address at which a trunk's other end is. */
function remoteAddress(channelName: string): string {
  return channelName.startsWith('IAX2/') ? 'CHANNEL(peerip)' : 'CHANNEL(pjsip,remote_addr)';
}

/** Whether the call ends with the `Dial` that the channel is sent to, and goes on to no place in the admin's dial plan. */
function isDialed(route: Route): boolean {
  if (route.kind === 'trunk') return true;
  return (
    route.kind === 'local' &&
    route.number.target.kind === 'ring' &&
    route.number.target.noAnswer === undefined
  );
}

function describe(route: Route): string {
  if (route.kind === 'trunk')
    return `trunk to ${route.candidates.map(({ interlink }) => interlink.name).join(', ')}`;
  return route.kind;
}
