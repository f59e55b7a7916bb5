import type { CallerIdentity } from '../domain/caller.ts';
import type { LocalNumber, DialplanLocation } from '../domain/local-number.ts';
import type { HangupCause } from '../domain/hangup-cause.ts';
import type { TrunkCandidate } from '../calls/route-call.ts';
import { technologyOf, trunkName } from '../domain/interlink.ts';
import type { AriConnection } from './ari-connection.ts';
import { parseProgress, progressExpression, type CallProgress } from './call-progress.ts';

/** Where the dial plan goes by what is in AstDB alone, and where it takes who calls from the extension first. */
const byAstdb = 'interlinks-alone';
const byAstdbAndCaller = 'interlinks-arrived';
/** Bytes: AST_MAX_EXTENSION of Asterisk without its end. */
const longestExtension = 79;

/** What the dial plan finds in AstDB at this moment. */
export interface AstdbCopy {
  hasNumber(local: LocalNumber): boolean;
  hasNotFound(location: DialplanLocation): boolean;
}

/**
 * What the service does to a channel that is in its hands: it always ends with letting go of it.
 *
 * Once ARI has set a variable of a channel, Asterisk 22.10 refuses all that it deems dangerous to the channel's dial plan,
 * for the rest of its life: DB(), SHELL(), FILE() (`live_dangerously=no`). A channel that goes on into the admin's dial
 * plan gets none, therefore, where the dial plan can find in AstDB what it needs.
 */
export class CallChannels {
  readonly #ari: AriConnection;
  readonly #astdb: AstdbCopy;

  constructor(ari: AriConnection, astdb: AstdbCopy) {
    this.#ari = ari;
    this.#astdb = astdb;
  }

  /**
   * Sends a channel to a number of this system.
   *
   * @param caller of a call from a linked system; of others, Asterisk knows it
   */
  async ring(channel: string, local: LocalNumber, caller?: CallerIdentity): Promise<void> {
    const { target, number } = local;
    const leadsOn = target.kind === 'dialplan' || target.noAnswer !== undefined;
    const extension = [number, ...(caller ? [caller.number ?? '', caller.name] : [])].join('/');
    if (this.#astdb.hasNumber(local) && (leadsOn || Buffer.byteLength(extension) <= longestExtension)) {
      await this.#continue(channel, withinBytes(extension), caller ? byAstdbAndCaller : byAstdb);
      return;
    }
    const shown = caller && { 'CALLERID(num)': caller.number ?? '', 'CALLERID(name)': caller.name };
    if (target.kind === 'dialplan') {
      await this.#leave(channel, number, 'interlinks-leave', {
        ...shown,
        IL_LOCATION: locationOf(target.location, number),
      });
      return;
    }
    await this.#leave(channel, number, 'interlinks-ring', {
      ...shown,
      IL_RING: target.endpoints.join('&'),
      IL_TIMEOUT: String(target.timeoutSeconds),
      // Set in any case: the channel may still have that of a number which sent it here.
      IL_NO_ANSWER: target.noAnswer === undefined ? '' : locationOf(target.noAnswer, number),
    });
  }

  /** Sends a channel to a number of a linked system: all in the extension, where a peer's ticket is not too long for it. */
  async dial(channel: string, { interlink, number, ticket }: TrunkCandidate): Promise<void> {
    const technology = technologyOf(interlink.trunkKind);
    const trunk = trunkName(interlink.id);
    const extension = [number, technology, trunk, ticket].join('/');
    if (extension.length <= longestExtension) await this.#continue(channel, extension, 'interlinks-dial');
    else
      await this.#leave(channel, number, `interlinks-dial-${technology}`, {
        IL_TRUNK: trunk,
        IL_TICKET: ticket,
      });
  }

  /** Sends a channel with a number that nobody has back to the admin's dial plan. Nobody follows it any more. */
  async handBack(channel: string, number: string, location: DialplanLocation): Promise<void> {
    if (this.#astdb.hasNotFound(location)) {
      await this.#continue(channel, number, byAstdb);
      return;
    }
    await this.#set(channel, { IL_LOCATION: locationOf(location, number), IL_NOT_FOUND: number });
    await this.#continue(channel, number, 'interlinks-leave');
  }

  /** Answers a channel with a tone for a few seconds, which end it. */
  async soundTone(channel: string): Promise<void> {
    await this.#continue(channel, 's', 'interlinks-probe');
  }

  async hangUp(channel: string, reason: HangupCause): Promise<void> {
    await this.#ari.call('channels', 'hangup', { channelId: channel, reason_code: String(reason) });
  }

  /** @returns the value of a channel variable or function, empty when it has none */
  async variable(channel: string, name: string): Promise<string> {
    const { value } = await this.#ari.call<{ value: string }>('channels', 'getChannelVar', {
      channelId: channel,
      variable: name,
    });
    return value;
  }

  /** How far a call has come that is out of the service's hands. Rejects with 404 when its channel is gone. */
  async progress(channel: string): Promise<CallProgress> {
    return parseProgress(await this.variable(channel, `EVAL(${progressExpression})`));
  }

  async #leave(
    channel: string,
    number: string,
    context: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<void> {
    const prepared = this.#set(channel, variables);
    if (!this.#ari.keepsOrder) await prepared;
    await Promise.all([prepared, this.#continue(channel, number, context)]);
  }

  /** In one request, where Asterisk has that: from 22.10 on. */
  async #set(channelId: string, variables: Readonly<Record<string, string>>): Promise<void> {
    if (this.#ari.offers('channels', 'setChannelVars')) {
      await this.#ari.call('channels', 'setChannelVars', { channelId, variables });
      return;
    }
    await Promise.all(
      Object.entries(variables).map(([variable, value]) =>
        this.#ari.call('channels', 'setChannelVar', { channelId, variable, value }),
      ),
    );
  }

  async #continue(channelId: string, extension: string, context: string): Promise<void> {
    await this.#ari.call('channels', 'continueInDialplan', { channelId, context, extension, priority: 1 });
  }
}

/** What Asterisk can take of an extension. */
function withinBytes(extension: string): string {
  // A decoder that is told of more to come leaves out a character of which it has a part only.
  return new TextDecoder().decode(Buffer.from(extension).subarray(0, longestExtension), { stream: true });
}

/** What Goto takes: `context,extension,priority`. The extension may hold `${EXTEN}` for the dial plan to fill in. */
export function locationText({ context, extension, priority }: DialplanLocation): string {
  return `${context},${extension},${priority}`;
}

/** The same with the number in the place of `${EXTEN}`. */
export function locationOf(location: DialplanLocation, number: string): string {
  return locationText(location).replaceAll('${EXTEN}', number);
}
