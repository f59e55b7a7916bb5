import { randomUUID } from 'node:crypto';
import type { Logger } from '../domain/logger.ts';
import type { AuditEntry, AuditStore } from './audit-log.ts';

export interface AuditDeps {
  readonly audit: Pick<AuditStore, 'add'>;
  /** Tells whoever looks at the audit log that there is more to see. */
  readonly auditChanged: () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Writes into the audit log what somebody did. When that cannot be written, the service's log has it: what was done
 * stays done.
 */
export async function recordDeed(
  { audit, auditChanged, now, log }: AuditDeps,
  deed: Omit<AuditEntry, 'id' | 'at'>,
): Promise<void> {
  const entry = { id: randomUUID(), at: now(), ...deed };
  try {
    await audit.add(entry);
    auditChanged();
  } catch (error) {
    log.error({ err: error, ...entry }, 'not written into the audit log');
  }
}
