import type { TrunkTechnology } from '../domain/interlink.ts';
import type { ListenAddress } from '../domain/listen-address.ts';
import type { DialplanLocation, LocalNumber } from '../domain/local-number.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** What `interlinks.yaml` says, checked and with every default filled in. Holds no secrets, see Secrets. */
export interface Config {
  readonly system: { readonly name: string };
  readonly peer: {
    readonly listen: ListenAddress;
    /** https, without a trailing slash. */
    readonly url: string;
    /** Only for test rigs: linked systems may live on loopback addresses. */
    readonly allowLoopback: boolean;
  };
  readonly admin: {
    readonly listen: ListenAddress;
    /** Where browsers find the page, without a trailing slash, when that is not at `listen`. */
    readonly url: string | undefined;
  };
  readonly asterisk: {
    readonly ari: {
      /** http or https, without a trailing slash and without `/ari`. */
      readonly url: string;
      readonly username: string;
      readonly passwordFile: string | undefined;
    };
    readonly ami: {
      readonly host: string;
      readonly port: number;
      readonly username: string;
      readonly passwordFile: string | undefined;
    };
  };
  readonly trunk: {
    /** Host name or IP address to which linked systems send calls. */
    readonly address: string;
    /** At least one, in order of preference. */
    readonly protocols: readonly TrunkTechnology[];
    readonly pjsip: {
      /** IP address. */
      readonly bind: string;
      readonly port: number;
      readonly externalAddress: string | undefined;
      /** IP addresses with prefix length, such as `10.0.0.0/8`. */
      readonly localNets: readonly string[];
      readonly codecs: readonly string[];
    };
    readonly iax2: { readonly port: number };
    /** For each interlink. */
    readonly limits: { readonly calls: number; readonly perSecond: number };
  };
  readonly dialing: {
    /** Shortest and longest number that enters Interlinks, in digits. */
    readonly min: number;
    readonly max: number;
    /** The extension may hold `${EXTEN}`, the number dialed. */
    readonly notFound: DialplanLocation | undefined;
    /** What linked systems' people dial before a number of this system; it may be dialed here too. */
    readonly ownPrefix: string | undefined;
  };
  readonly emergency: readonly string[];
  /** PostgreSQL; left out: SQLite in `dataDir`. */
  readonly database: { readonly url: string; readonly passwordFile: string | undefined } | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  readonly numbers: readonly LocalNumber[];
  /** How long call records and the log of changes are kept. */
  readonly records: { readonly days: number };
  readonly log: { readonly level: LogLevel };
}
