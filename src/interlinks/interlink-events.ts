import type { EventHub } from '../domain/event-hub.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { SystemEvent, WatchedInterlink } from '../domain/system-event.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';

export interface InterlinkEventsDeps {
  readonly registry: InterlinkRegistry;
  readonly health: HealthMonitor;
  readonly hub: EventHub<SystemEvent>;
}

/** An interlink as it is now. */
export function watchInterlink(health: HealthMonitor, interlink: Interlink): WatchedInterlink {
  return {
    interlink,
    health: health.healthOf(interlink),
    roundTripMs: health.signsOf(interlink.id)?.roundTripMs,
  };
}

/**
 * Publishes what becomes of interlinks. To be called after {@link HealthMonitor.start}, so that the monitor knows of a
 * change before it is published.
 *
 * @returns the function that ends it
 */
export function publishInterlinkEvents({ registry, health, hub }: InterlinkEventsDeps): () => void {
  const unsubscribe = [
    registry.subscribe(({ before, after }) => {
      const interlink = after ?? before;
      if (interlink === undefined || isSame(before, after)) return;
      const kind =
        after === undefined
          ? 'interlink-removed'
          : before === undefined
            ? 'interlink-added'
            : 'interlink-changed';
      hub.publish({ kind, ...watchInterlink(health, interlink) });
    }),
    health.subscribe((interlink) =>
      hub.publish({ kind: 'health-changed', ...watchInterlink(health, interlink) }),
    ),
  ];
  return () => {
    for (const end of unsubscribe) end();
  };
}

/** The registry tells of every reading, also of one that found nothing new. */
function isSame(before: Interlink | undefined, after: Interlink | undefined): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
