import type { Failure } from '../domain/failure.ts';

/** An object of PJSIP: its settings by name, as ARI gives them. */
export type PjsipFields = ReadonlyMap<string, string>;

/** What the probes found out about Asterisk over ARI. */
export interface AsteriskFacts {
  /** Such as `22.10.1~dfsg`. */
  readonly version: string;
  /** Names of the modules that run, such as `res_pjsip.so`. */
  readonly modules: ReadonlySet<string>;
  /** Object types of PJSIP that can be made at run time. */
  readonly pushed: ReadonlySet<string>;
  /** The transports for trunks, with and without encryption. */
  readonly transport: PjsipFields | undefined;
  readonly plainTransport: PjsipFields | undefined;
  /** The endpoints that numbers ring, by name; undefined for one that Asterisk does not have. */
  readonly endpoints: ReadonlyMap<string, PjsipFields | undefined>;
  /** Seconds since the service last set IL_HEARTBEAT, by Asterisk's clock; undefined when it never did. */
  readonly heartbeatAge: number | undefined;
  /** Undefined when the ARI user may only read. */
  readonly functions: FunctionFacts | undefined;
}

/** What took a channel to read, see FunctionReader. */
export interface FunctionFacts {
  /** Where sorcery.conf lets objects be pushed to, by object type. */
  readonly sorcery: ReadonlyMap<string, string>;
  readonly httpBind: string;
  /** Empty where manager.conf does not say, or AMI is off. */
  readonly managerBind: string;
  readonly liveDangerously: boolean;
  readonly dialplan: DialplanFacts;
}

export interface DialplanFacts {
  readonly version: 'current' | 'other' | 'missing';
  /** The contexts of the phones that numbers ring. */
  readonly contexts: readonly PhoneContext[];
}

export interface PhoneContext {
  readonly name: string;
  /** Endpoints with this context. */
  readonly endpoints: readonly string[];
  readonly includesInterlinks: boolean;
  /** What comes before `interlinks` and takes numbers that are not this system's: a context or a pattern. */
  readonly earlier: readonly { readonly what: string; readonly numbers: readonly string[] }[];
}

/** What AMI told of its account, and of what ARI does not tell. */
export interface AmiFacts {
  /** The actions that the account may do, in lower case, each with the classes of rights of which one is enough. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** Undefined when the account may not ask. */
  readonly identify: IdentifyFacts | undefined;
}

/** By what Asterisk recognizes whose request it is. */
export interface IdentifyFacts {
  /** `endpoint_identifier_order`, such as `ip`, `username`. */
  readonly order: readonly string[];
  readonly sections: readonly IdentifySection[];
}

/** An `identify` section in force. */
export interface IdentifySection {
  readonly name: string;
  readonly endpoint: string;
  /** As Asterisk has them: `10.0.0.0/255.0.0.0`, some with `!` before them or a port; host names are resolved. */
  readonly matches: readonly string[];
  /** `match_header` and `match_request_uri`; empty where not set. */
  readonly header: string;
  readonly requestUri: string;
}

/** A file or folder that others should not get at. */
export interface FileFacts {
  readonly path: string;
  readonly purpose: string;
  /** Permission bits, as they are and as they may be at most. */
  readonly mode: number;
  readonly allowed: number;
}

export type Probed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
