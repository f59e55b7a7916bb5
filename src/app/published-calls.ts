import type { CallStore } from '../calls/call-store.ts';
import type { Foundation } from './foundation.ts';

/** A page that follows calls asks again no more often than this. */
const callsEveryMs = 250;

/** The calls' store, which tells the admin's pages when there are other calls to ask for. */
export function publishedCalls({ events, parts, store: { calls } }: Foundation): CallStore {
  const callsChanged = throttled(callsEveryMs, () => events.publish({ kind: 'calls-changed' }));
  parts.defer(() => callsChanged.stop());
  return {
    save: async (...records) => {
      await calls.save(...records);
      callsChanged.call();
    },
    list: (filter) => calls.list(filter),
    usage: (query) => calls.usage(query),
    open: () => calls.open(),
  };
}

/** Runs an action at once when it was not run lately, else when that time is over. */
function throttled(everyMs: number, action: () => void): { call(): void; stop(): void } {
  let resting: NodeJS.Timeout | undefined;
  let again = false;
  const call = (): void => {
    again = resting !== undefined;
    if (again) return;
    action();
    resting = setTimeout(() => {
      resting = undefined;
      if (again) call();
    }, everyMs);
  };
  return { call, stop: () => clearTimeout(resting) };
}
