import type { CallStore } from '../calls/call-store.ts';
import type { Foundation } from './foundation.ts';

/** A page that follows calls asks again no more often than this. */
const callsEveryMs = 250;

/** Tells the admin's pages that there is something new to ask for. @returns the calls' store, which does so by itself */
export function publishChanges({ live, events, parts, store }: Foundation): CallStore {
  parts.defer(
    live.subscribe(({ before, after }) => {
      if (JSON.stringify(before.numbers) === JSON.stringify(after.numbers)) return;
      events.publish({ kind: 'numbers-changed' });
      events.publish({ kind: 'remote-numbers-changed' });
    }),
  );
  const callsChanged = throttled(callsEveryMs, () => events.publish({ kind: 'calls-changed' }));
  parts.defer(() => callsChanged.stop());
  const { calls } = store;
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
