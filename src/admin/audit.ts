import { randomUUID } from 'node:crypto';
import type { Actor } from '../access/access-control.ts';
import type { AdminDeps } from './deps.ts';
import type { Deed } from './operation.ts';

/**
 * Writes into the audit log what an admin did. When that cannot be written, the service's log has it: what was done
 * stays done.
 *
 * @param failure code of why it was not done
 */
export async function write(
  { audit, now, log }: Pick<AdminDeps, 'audit' | 'now' | 'log'>,
  { name: who }: Actor,
  deed: Deed,
  failure: string | undefined,
): Promise<void> {
  const entry = { id: randomUUID(), at: now(), who, ...deed, failure };
  try {
    await audit.add(entry);
  } catch (error) {
    log.error({ err: error, ...entry }, 'not written into the audit log');
  }
}
