import type { Failure } from '../domain/failure.ts';
import type { Health } from '../domain/health.ts';

/** What the status line tells of Asterisk. */
export interface AsteriskState {
  readonly connected: boolean;
  readonly failure: Failure | undefined;
}

/**
 * One line for `systemctl status`, such as `Asterisk connected; 3 interlinks, 2 of them green`.
 *
 * @param interlinks the health of each one whose key was entered
 */
export function statusLine({ connected, failure }: AsteriskState, interlinks: readonly Health[]): string {
  const why = failure === undefined ? '' : ` (${failure.message})`;
  const green = interlinks.filter(({ colour }) => colour === 'green').length;
  return `Asterisk ${connected ? 'connected' : `not connected${why}`}; ${interlinks.length} interlinks, ${green} of them green`;
}
