import { setTimeout as delay } from 'node:timers/promises';
import { event, type EventView, type InterlinkView, type System } from '../admin/schema.ts';
import { FailureError } from '../domain/failure.ts';
import type { AdminClient } from './client.ts';

const retryMs = 500;

/** What the events so far add up to. */
export interface Overview {
  readonly system: System;
  readonly interlinks: readonly InterlinkView[];
}

/** The overview after an event. @param before undefined before the first event, which is a `reset` */
export function overviewAfter(before: Overview | undefined, change: EventView): Overview {
  if (change.type === 'reset') return { system: change.system, interlinks: change.interlinks };
  if (before === undefined) throw new Error('events have to begin with a reset');
  if (change.type === 'system-changed') return { ...before, system: change.system };
  if (!('interlink' in change)) return before;
  const { interlink } = change;
  const others = before.interlinks.filter(({ id }) => id !== interlink.id);
  if (change.type === 'interlink-removed') return { ...before, interlinks: others };
  const known = before.interlinks.some(({ id }) => id === interlink.id);
  const interlinks = known
    ? before.interlinks.map((one) => (one.id === interlink.id ? interlink : one))
    : [...others, interlink];
  return { ...before, interlinks };
}

/**
 * Follows the events of the service, over its restarts as well, until the signal aborts.
 *
 * @param onLost told, once each time, that the service does not answer any more
 * @throws FailureError when the service does not answer at the beginning, or refuses
 */
export async function* follow(
  client: AdminClient,
  onLost: () => void,
  signal: AbortSignal,
): AsyncGenerator<EventView> {
  let lastId: string | undefined;
  let lost = false;
  while (!signal.aborted) {
    try {
      for await (const { id, data } of client.events('/events', lastId, signal)) {
        lost = false;
        lastId = id;
        yield event.parse(JSON.parse(data));
      }
    } catch (error) {
      if (signal.aborted) return;
      const away = !(error instanceof FailureError) || error.failure.code === 'daemon-unreachable';
      if (!away || lastId === undefined) throw error;
    }
    if (!lost && !signal.aborted) onLost();
    lost = true;
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}
