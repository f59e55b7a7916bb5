import type { Foundation } from './foundation.ts';

/** Tells the admin's pages when there are other numbers to ask for. */
export function publishNumberChanges({ live, events, parts }: Foundation): void {
  parts.defer(
    live.subscribe(({ before, after }) => {
      if (JSON.stringify(before.numbers) === JSON.stringify(after.numbers)) return;
      events.publish({ kind: 'numbers-changed' });
      events.publish({ kind: 'remote-numbers-changed' });
    }),
  );
}
