import { useSyncExternalStore } from 'react';
import type { EventView, InterlinkView, System } from '../schema.ts';
import { addressOf } from './api.ts';

/** What the stream of events adds up to. */
export interface Live {
  /** Undefined until the first event. */
  readonly system: System | undefined;
  readonly interlinks: readonly InterlinkView[];
  /** Whether what is shown is what is so now. */
  readonly connected: boolean;
  /** Each goes up when there is something new to ask for. */
  readonly changes: {
    readonly interlinks: number;
    readonly numbers: number;
    readonly remoteNumbers: number;
    readonly calls: number;
    readonly audit: number;
  };
}

type Topic = keyof Live['changes'];

const nothing: Live = {
  system: undefined,
  interlinks: [],
  connected: false,
  changes: { interlinks: 0, numbers: 0, remoteNumbers: 0, calls: 0, audit: 0 },
};
const retryMs = 1000;
const lookEveryMs = 10_000;
const patienceMs = 5000;

let live = nothing;
const listeners = new Set<() => void>();

function become(next: Live): void {
  live = next;
  for (const listener of listeners) listener();
}

/**
 * Follows the events of the service, over its restarts as well. A stream says nothing when the service hangs or the
 * way to it is cut: so the page asks now and then as well.
 *
 * @param onRefused told when the service answers, and lets this browser in no more
 * @returns the function that ends it
 */
export function follow(onRefused: () => void): () => void {
  let source: EventSource;
  let retry: number | undefined;
  const connect = (): void => {
    source = new EventSource(addressOf('/events'));
    source.addEventListener('error', () => {
      become({ ...live, connected: false });
      // The browser gives up on any answer but a stream.
      if (source.readyState === EventSource.CLOSED) void look();
    });
    source.addEventListener('open', () => become({ ...live, connected: true }));
    for (const type of types) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) =>
        become(after(live, JSON.parse(data) as EventView)),
      );
    }
  };
  const connectAgain = (): void => {
    source.close();
    become({ ...live, connected: false });
    window.clearTimeout(retry);
    retry = window.setTimeout(connect, retryMs);
  };
  const look = async (): Promise<void> => {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await fetch(addressOf('/session'), { signal }).catch(() => undefined);
    if (answer?.status === 401) onRefused();
    else if (answer === undefined || source.readyState === EventSource.CLOSED) connectAgain();
  };
  connect();
  const looking = window.setInterval(() => void look(), lookEveryMs);
  return () => {
    window.clearInterval(looking);
    window.clearTimeout(retry);
    source.close();
    become(nothing);
  };
}

const types: readonly EventView['type'][] = [
  'reset',
  'system-changed',
  'interlink-added',
  'interlink-changed',
  'interlink-removed',
  'health-changed',
  'numbers-changed',
  'remote-numbers-changed',
  'calls-changed',
  'audit-changed',
];

/** The state after an event. */
export function after(before: Live, event: EventView): Live {
  const changed = (...topics: readonly Topic[]): Live['changes'] => ({
    ...before.changes,
    ...Object.fromEntries(topics.map((topic) => [topic, before.changes[topic] + 1])),
  });
  switch (event.type) {
    case 'reset':
      return {
        system: event.system,
        interlinks: event.interlinks,
        connected: true,
        changes: changed('interlinks', 'numbers', 'remoteNumbers', 'calls', 'audit'),
      };
    case 'system-changed':
      return { ...before, system: event.system };
    case 'numbers-changed':
      return { ...before, changes: changed('numbers') };
    case 'remote-numbers-changed':
      return { ...before, changes: changed('remoteNumbers') };
    case 'calls-changed':
      return { ...before, changes: changed('calls') };
    case 'audit-changed':
      return { ...before, changes: changed('audit') };
    case 'interlink-added':
    case 'interlink-changed':
    case 'interlink-removed':
    case 'health-changed':
      return {
        ...before,
        interlinks: replaced(before.interlinks, event.interlink, event.type === 'interlink-removed'),
        changes: changed('interlinks', 'remoteNumbers'),
      };
  }
}

function replaced(
  all: readonly InterlinkView[],
  one: InterlinkView,
  gone: boolean,
): readonly InterlinkView[] {
  if (gone) return all.filter(({ id }) => id !== one.id);
  const known = all.some(({ id }) => id === one.id);
  return known ? all.map((other) => (other.id === one.id ? one : other)) : [...all, one];
}

/** What is known now; the component is drawn again when that changes. */
export function useLive(): Live {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => live,
  );
}
