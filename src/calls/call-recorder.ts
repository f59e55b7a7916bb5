import type { CallRecord } from '../domain/call.ts';
import { cause, outcomeOf, type HangupCause } from '../domain/hangup-cause.ts';
import type { CallEvents } from './call-events.ts';
import type { CallFilter, CallStore, Usage, UsageQuery } from './call-store.ts';
import { RecordWriter } from './record-writer.ts';

export interface CallRecorderDeps {
  readonly store: CallStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: CallEvents;
}

/** Follows the calls that are up, by the channel on which each came to this system, and keeps their records. */
export class CallRecorder {
  readonly #deps: CallRecorderDeps;
  readonly #byChannel = new Map<string, CallRecord>();
  readonly #writer: RecordWriter;
  #reopened = false;

  constructor(deps: CallRecorderDeps) {
    this.#deps = deps;
    this.#writer = new RecordWriter(deps.store, (error, callId) => deps.events.notWritten(callId, error));
  }

  /** Records of the calls that are up. */
  active(): readonly CallRecord[] {
    return [...this.#byChannel.values()];
  }

  /** The record of a call that is up. */
  find(channel: string): CallRecord | undefined {
    return this.#byChannel.get(channel);
  }

  /** The records, as CallStore gives them, with all that has happened until now. */
  async list(filter: CallFilter): Promise<readonly CallRecord[]> {
    await this.#writer.tryAll();
    return await this.#deps.store.list(filter);
  }

  /** The same for CallStore's usage. */
  async usage(query: UsageQuery): Promise<readonly Usage[]> {
    await this.#writer.tryAll();
    return await this.#deps.store.usage(query);
  }

  begin(
    call: Pick<
      CallRecord,
      'callId' | 'direction' | 'interlinkId' | 'caller' | 'dialed' | 'channel' | 'startedAt'
    >,
  ): void {
    // A channel comes again when it was transferred, or sent on because nobody answered.
    const answered = this.#byChannel.get(call.channel)?.answeredAt !== undefined;
    this.ended(call.channel, answered ? cause.normalClearing : cause.noAnswer);
    const record: CallRecord = {
      ...call,
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: undefined,
      cause: undefined,
      outcome: undefined,
    };
    this.#byChannel.set(call.channel, record);
    this.#writer.write(record);
  }

  /** The call goes to another peer after the first one's trunk failed. */
  redirect(channel: string, interlinkId: string): void {
    this.#change(channel, 'redirected', (record) =>
      record.interlinkId === interlinkId ? record : { ...record, interlinkId },
    );
  }

  /** @param at when it rang first, milliseconds since the epoch; what rings after the answer is another phone */
  ringing(channel: string, at: number): void {
    this.#change(channel, 'rang', (record) =>
      record.ringingAt === undefined && at <= (record.answeredAt ?? at)
        ? { ...record, ringingAt: at }
        : record,
    );
  }

  /** @param at milliseconds since the epoch; told again where it is known to have been sooner, but not before it rang */
  answered(channel: string, at: number): void {
    const known = this.#byChannel.get(channel)?.answeredAt;
    this.#change(channel, known === undefined ? 'answered' : undefined, (record) => {
      const answeredAt = Math.max(at, record.ringingAt ?? record.startedAt);
      return answeredAt < (known ?? Infinity) ? { ...record, answeredAt } : record;
    });
  }

  hasRung(channel: string): boolean {
    const record = this.#byChannel.get(channel);
    return record?.ringingAt !== undefined || record?.answeredAt !== undefined;
  }

  /** The channel is gone. Channels that are no call of ours are no error. */
  ended(channel: string, ended: HangupCause): void {
    this.#change(channel, 'ended', (record) => ({
      ...record,
      endedAt: this.#deps.now(),
      cause: ended,
      outcome: outcomeOf(record.answeredAt !== undefined, ended),
    }));
    this.#byChannel.delete(channel);
  }

  /** A call that ended before it became one: refused at the door, or one too many. */
  refused(
    call: Omit<CallRecord, 'ringingAt' | 'answeredAt' | 'endedAt' | 'cause' | 'outcome'>,
    ended: HangupCause,
  ): void {
    const record: CallRecord = {
      ...call,
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: this.#deps.now(),
      cause: ended,
      outcome: ended === cause.callRejected ? 'refused' : outcomeOf(false, ended),
    };
    this.#writer.write(record);
    this.#deps.events.ended(record);
  }

  /** Takes up the records that were open when the daemon last stopped; once, after that it knows more than they do. */
  async reopen(): Promise<void> {
    if (this.#reopened) return;
    for (const record of await this.#deps.store.open()) {
      if (!this.#byChannel.has(record.channel)) this.#byChannel.set(record.channel, record);
    }
    this.#reopened = true;
  }

  /** Writes what is left, without further retries. */
  async stop(): Promise<void> {
    await this.#writer.stop();
  }

  #change(
    channel: string,
    event: Exclude<keyof CallEvents, 'notWritten'> | undefined,
    change: (record: CallRecord) => CallRecord,
  ): void {
    const record = this.#byChannel.get(channel);
    if (record === undefined) return;
    const changed = change(record);
    if (changed === record) return;
    this.#byChannel.set(channel, changed);
    this.#writer.writeLater(changed);
    if (event !== undefined) this.#deps.events[event](changed);
  }
}
