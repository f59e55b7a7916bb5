import { RigError } from './rig-error.ts';
import type { BaresipEvent } from './baresip.ts';

/** What happens at a phone with its calls. Its registration, which it renews at any time, is none of them. */
export type PhoneEventType =
  | 'dialing'
  | 'incoming'
  | 'ringing'
  | 'progress'
  | 'answered'
  | 'established'
  | 'sound'
  | 'dtmf'
  | 'transfer-refused'
  | 'closed';

/** One thing that happened at a phone. */
export interface PhoneEvent {
  readonly type: PhoneEventType;
  /** Tells calls of this phone apart; empty where there is none. */
  readonly call: string;
  /** Number of the other party as this phone sees it. */
  readonly number: string;
  /** Display name of the other party; empty when none was sent. */
  readonly name: string;
  /** SIP status with which an outgoing call was refused; only for `closed`. */
  readonly status?: number;
  /** Reason phrase of `closed`, such as `Busy Here`; the digit of `dtmf`. */
  readonly detail: string;
}

/** What to wait for. */
export interface PhoneWait {
  /** Time limit in milliseconds; 10 s when left out. */
  readonly ms?: number;
  /** Index in the list of events from which on to look; 0 when left out, so past events count. */
  readonly from?: number;
  readonly where?: (event: PhoneEvent) => boolean;
}

/** Everything that happened at a phone so far, in order. */
export interface PhoneEvents {
  readonly list: readonly PhoneEvent[];
  add(event: PhoneEvent): void;
  /** Gives the first event of this type, past or future. Rejects, with all events, when the time is over. */
  waitFor(type: PhoneEventType, wait?: PhoneWait): Promise<PhoneEvent>;
}

const TYPES: Readonly<Record<string, PhoneEventType>> = {
  CALL_LOCAL_SDP: 'dialing',
  CALL_INCOMING: 'incoming',
  CALL_RINGING: 'ringing',
  CALL_PROGRESS: 'progress',
  CALL_ANSWERED: 'answered',
  CALL_ESTABLISHED: 'established',
  CALL_RTPESTAB: 'sound',
  CALL_DTMF_START: 'dtmf',
  TRANSFER_FAILED: 'transfer-refused',
  CALL_CLOSED: 'closed',
};

/** RFC 3261, 25.1: how quotes and backslashes stand in a display name; baresip leaves them as they came. */
const QUOTED_PAIR = /\\(.)/g;

/** Translates an event of baresip; gives undefined for those that no test needs. */
export function phoneEvent(event: BaresipEvent): PhoneEvent | undefined {
  const type = TYPES[event.type];
  if (type === undefined || (type === 'dialing' && event.param !== 'offer')) return undefined;
  const [, status, phrase] = /^(\d{3}) (.*)$/.exec(event.param ?? '') ?? [];
  return {
    type,
    call: event.id ?? '',
    number: /^sips?:([^@;]*)@/.exec(event.peeruri ?? '')?.[1] ?? '',
    name: (event.peerdisplayname ?? '').replaceAll(QUOTED_PAIR, '$1'),
    ...(type === 'closed' && status !== undefined ? { status: Number(status) } : {}),
    detail: phrase ?? event.param ?? '',
  };
}

/** Makes an empty list of events. `owner` names the phone in errors. */
export function phoneEvents(owner: string): PhoneEvents {
  const list: PhoneEvent[] = [];
  const listeners = new Set<() => void>();
  return {
    list,
    add: (event) => {
      list.push(event);
      for (const listener of listeners) listener();
    },
    waitFor: (type, { ms = 10_000, from = 0, where = () => true } = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<PhoneEvent>();
      const look = () => {
        const event = list.slice(from).find((candidate) => candidate.type === type && where(candidate));
        if (event !== undefined) resolve(event);
      };
      const timer = setTimeout(() => {
        const seen = JSON.stringify(list.slice(from));
        reject(new RigError(`${owner}: no event "${type}" within ${ms} ms`, `it saw ${seen}`));
      }, ms);
      listeners.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        listeners.delete(look);
      });
    },
  };
}
