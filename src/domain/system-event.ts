import type { Health } from './health.ts';
import type { Interlink } from './interlink.ts';

/** An interlink with what is known of it at one moment. */
export interface WatchedInterlink {
  readonly interlink: Interlink;
  readonly health: Health;
  readonly roundTripMs: number | undefined;
}

/** What happens in a system that an admin may want to see at once. */
export type SystemEvent =
  | ({
      readonly kind: 'interlink-added' | 'interlink-changed' | 'interlink-removed' | 'health-changed';
    } & WatchedInterlink)
  /** Asterisk was connected or lost, or the configuration file was read. */
  | { readonly kind: 'system-changed' }
  /** Of these there may be many: who wants to know more asks for it. */
  | { readonly kind: 'numbers-changed' | 'remote-numbers-changed' | 'calls-changed' | 'audit-changed' };
