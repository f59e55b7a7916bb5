import type { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import { trunkName } from '../domain/interlink.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import { isTransit } from '../domain/transit.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, BridgeChange } from './ari-events.ts';
import type { BridgeEvents } from './bridge-events.ts';
import type { CallChannels } from './call-channels.ts';
import { isMachine, otherEndOf, trunkOf } from './channel-name.ts';
import { DelayedTasks } from './delayed-tasks.ts';

type Party = Pick<AriChannel, 'id' | 'name'>;
type Bridge = BridgeChange['bridge'];

/** Name of the one task, and how often it is done while bridges are followed. */
const checking = 'bridges';
const checkMs = 5000;
/** How soon where events may not have told all, and where Asterisk has failed. */
const soonMs = 500;

export interface TransitWatchDeps {
  readonly ari: Pick<AriConnection, 'on' | 'call'>;
  readonly bridges: Pick<BridgeEvents, 'need'>;
  readonly channels: Pick<CallChannels, 'hangUp'>;
  readonly recorder: Pick<CallRecorder, 'active' | 'answered' | 'ended'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Ends calls of two different interlinks that were left alone with each other. An attended transfer runs no dial
 * plan, so nothing else can stop it. Whatever it is that joins channels, they are in one bridge then, other than that of
 * parked calls, or in bridges that Local channels join. Bridges are followed while two interlinks have channels.
 *
 * Events alone do not tell who is in a bridge: Asterisk lets a channel take the place of another (masquerade) without
 * one, when a call is transferred in the moment in which it is answered. So bridges are looked through besides.
 */
export class TransitWatch {
  readonly #deps: TransitWatchDeps;
  /** Trunks that had channels when Asterisk was asked last, and those of calls that began since. */
  #trunks = new Set<string>();
  /** Names of channels that are in bridges, by id. */
  readonly #bridged = new Map<string, string>();
  /** As they were told of last, by id. */
  readonly #bridges = new Map<string, Bridge>();
  /** Ids of channels that are being ended; Asterisk tells of each change several times. */
  readonly #ending = new Set<string>();
  readonly #tasks = new DelayedTasks();
  readonly #oneCheck = new Limiter(1);
  /** While bridges are followed. */
  #need: Disposable | undefined;
  /** A look that was put off to `soonMs` later; more reasons for one do not put it off further. */
  #isDueSoon = false;

  constructor(deps: TransitWatchDeps) {
    this.#deps = deps;
    const { ari } = deps;
    ari.on('ChannelEnteredBridge', (event) => this.#entered(event));
    ari.on('ChannelLeftBridge', (event) => this.#left(event));
    ari.on('down', () => {
      this.#trunks.clear();
      this.#unfollow();
    });
  }

  /**
   * Looks, after a connection to Asterisk was made, at what is there and what was joined while nobody looked. Ends a
   * subscription that an earlier connection has left.
   */
  async resume(): Promise<void> {
    await this.#oneCheck.run(async () => {
      await this.#follow();
      await this.#check();
    });
  }

  /** A call over a trunk begins: it is among those of the recorder, and may have no channel there yet. */
  began(trunk: string): void {
    this.#trunks.add(trunk);
    if (this.#trunks.size > 1 && this.#need === undefined) this.#checkIn(0);
  }

  #checkIn(delayMs: number): void {
    this.#tasks.schedule(checking, delayMs, () => this.#tryCheck());
  }

  #checkSoon(): void {
    if (this.#isDueSoon) return;
    this.#isDueSoon = true;
    this.#checkIn(soonMs);
  }

  async #tryCheck(): Promise<void> {
    try {
      await this.#oneCheck.run(() => this.#check());
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'bridges not looked at; trying again');
      if (this.#trunks.size > 1) this.#checkSoon();
    }
  }

  /** Follows bridges and looks through them, or does not any more. */
  async #check(): Promise<void> {
    this.#isDueSoon = false;
    this.#checkIn(checkMs);
    const followed = this.#need !== undefined;
    if (followed) await this.#follow();
    const known = [...this.#bridged.keys()];
    let names = await this.#channelNames();
    this.#trunks = new Set([...names.values()].map(trunkOf).filter((trunk) => trunk !== undefined));
    for (const { interlinkId: id } of this.#deps.recorder.active()) {
      if (id !== undefined) this.#trunks.add(trunkName(id));
    }
    if (this.#trunks.size < 2) {
      this.#unfollow();
      return;
    }
    if (!followed) {
      await this.#follow();
      names = await this.#channelNames();
    }
    await this.#lookThrough(names, known);
  }

  async #follow(): Promise<void> {
    const before = this.#need;
    this.#need = await this.#deps.bridges.need();
    before?.[Symbol.dispose]();
  }

  #unfollow(): void {
    void this.#tasks.cancel(checking);
    this.#isDueSoon = false;
    this.#need?.[Symbol.dispose]();
    this.#need = undefined;
    this.#bridged.clear();
    this.#bridges.clear();
    this.#ending.clear();
  }

  /**
   * @param names of all channels by id, read while bridges were followed
   * @param known ids of those that were in bridges before names were read
   */
  async #lookThrough(names: ReadonlyMap<string, string>, known: readonly string[]): Promise<void> {
    for (const id of known) if (!names.has(id)) this.#bridged.delete(id);
    const bridges = await this.#deps.ari.call<readonly Bridge[]>('bridges', 'list');
    this.#bridges.clear();
    for (const bridge of bridges) {
      this.#bridges.set(bridge.id, bridge);
      for (const id of bridge.channels) {
        const name = names.get(id);
        // One that has entered since was told of by an event.
        if (name !== undefined) this.#bridged.set(id, name);
      }
    }
    for (const bridge of bridges) this.#endTransit(bridge);
  }

  async #channelNames(): Promise<ReadonlyMap<string, string>> {
    const all = await this.#deps.ari.call<readonly AriChannel[]>('channels', 'list');
    return new Map(all.map(({ id, name }) => [id, name]));
  }

  #entered({ bridge, channel }: BridgeChange): void {
    if (this.#need === undefined) return;
    this.#bridged.set(channel.id, channel.name);
    this.#bridges.set(bridge.id, bridge);
    this.#endTransit(bridge);
    this.#checkWhereUnknown(bridge);
  }

  #left({ bridge, channel }: BridgeChange): void {
    if (this.#need === undefined) return;
    this.#bridged.delete(channel.id);
    this.#ending.delete(channel.id);
    if (bridge.channels.length === 0) this.#bridges.delete(bridge.id);
    else this.#bridges.set(bridge.id, bridge);
    this.#endTransit(bridge);
    this.#checkWhereUnknown(bridge);
    // It may have taken the place of one in another bridge.
    if (trunkOf(channel.name) !== undefined) this.#checkSoon();
  }

  /** One that entered before bridges were followed is not known by an event. */
  #checkWhereUnknown({ channels }: Bridge): void {
    if (!channels.every((id) => this.#bridged.has(id))) this.#checkSoon();
  }

  #endTransit(bridge: Bridge): void {
    if (isHolding(bridge)) return;
    const { recorder, now, log } = this.#deps;
    const parties = this.#partiesOf(bridge);
    if (!isTransit(parties.map(({ name }) => trunkOf(name)))) return;
    for (const { id } of parties) {
      // Who is in a bridge was answered, whether that was learnt yet or not.
      recorder.answered(id, now());
      // Now, with the reason: the end of one channel takes the others along, as if somebody had hung up.
      recorder.ended(id, cause.callRejected);
    }
    const ending = parties.filter(({ id }) => !this.#ending.has(id));
    if (ending.length === 0) return;
    log.warn(
      { channels: ending.map(({ name }) => name) },
      'two interlinks were left alone with each other; their calls are ended',
    );
    for (const { id } of ending) this.#end(id);
  }

  /** Those who hear each other: in this bridge, and in those that Local channels join to it. */
  #partiesOf(first: Bridge): readonly Party[] {
    const parties: Party[] = [];
    const joined = new Set([first]);
    for (const { channels } of joined) {
      for (const id of channels) {
        const name = this.#bridged.get(id) ?? '';
        const next = this.#bridgeWith(otherEndOf(name));
        if (next !== undefined) joined.add(next);
        else if (!isMachine(name)) parties.push({ id, name });
      }
    }
    return parties;
  }

  #bridgeWith(name: string | undefined): Bridge | undefined {
    if (name === undefined) return undefined;
    return [...this.#bridges.values()].find(
      (bridge) => !isHolding(bridge) && bridge.channels.some((id) => this.#bridged.get(id) === name),
    );
  }

  #end(channel: string): void {
    this.#ending.add(channel);
    this.#deps.channels.hangUp(channel, cause.callRejected).catch((error: unknown) => {
      this.#ending.delete(channel);
      this.#deps.log.debug({ err: error, channel }, 'channel not ended; it may be gone');
    });
  }
}

function isHolding({ bridge_type: type }: Bridge): boolean {
  return type === 'holding';
}
