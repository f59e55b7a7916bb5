import { recordDeed } from '../access/record-deed.ts';
import type { Config } from '../config/config.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { Foundation } from './foundation.ts';

/** Writes into the audit log what is not done by the admin API: by linked systems, and by a change of the file. */
export function keepAuditTrail({ store, events, live, registry, now, logOf, parts }: Foundation): {
  /** The other side ended an interlink. */
  ended(interlink: Interlink): Promise<void>;
} {
  const auditChanged = () => events.publish({ kind: 'audit-changed' });
  const deps = { audit: store.audit, auditChanged, now, log: logOf('audit') };
  const record = (who: string, action: string, subject: string): Promise<void> =>
    recordDeed(deps, { who, action, subject, failure: undefined });
  parts.defer(
    registry.subscribe(({ before, after }) => {
      if (before?.state === 'active' || after?.state !== 'active') return;
      void record(systemOf(after), 'interlink-connected', after.name);
    }),
  );
  parts.defer(
    live.subscribe(async ({ before, after }) => {
      const changed = changedKeys(before, after).join(', ');
      if (changed !== '') await record('the configuration file', 'configuration-changed', changed);
    }),
  );
  return { ended: (interlink) => record(systemOf(interlink), 'interlink-deleted', interlink.name) };
}

function systemOf({ peer, name }: Interlink): string {
  return `linked system (${peer?.name ?? name})`;
}

function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = Object.keys(after) as (keyof Config)[];
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
