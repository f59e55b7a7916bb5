import { Client } from 'pg';
import { expect } from 'vitest';
import { withClient } from './postgres.ts';

export interface Lock {
  readonly id: string;
  readonly pid: number;
}

/** Who has the lock of this database, and who waits for it. */
export const LOCKS = `
  select classid::bigint << 32 | objid::bigint as id, pid
  from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where locktype = 'advisory' and datname = current_database()`;

/** Ends the session that has the lock of a database, and has it in another one from that moment on. */
export async function takeLockAway(url: string): Promise<Client> {
  const rival = new Client(url);
  await rival.connect();
  await withClient(url, async (client) => {
    const locks = async () => (await client.query<Lock>(LOCKS)).rows;
    const patiently = { timeout: 20_000, interval: 10 };
    await expect.poll(locks, patiently).toHaveLength(1);
    const [held] = await locks();
    const taken = rival.query('select pg_advisory_lock($1)', [held?.id]);
    await expect.poll(locks, patiently).toHaveLength(2);
    await client.query('select pg_terminate_backend($1)', [held?.pid]);
    await taken;
  });
  return rival;
}
