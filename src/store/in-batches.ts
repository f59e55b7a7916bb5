import { setImmediate } from 'node:timers/promises';

/** Rows: SQLite keeps the whole service waiting while it deletes them, for some milliseconds. */
const batch = 100;

/**
 * Deletes a few rows at a time until there are no more.
 *
 * @param deleteSome deletes at most so many rows
 */
export async function inBatches(
  deleteSome: (most: number) => Promise<{ readonly numDeletedRows: bigint }>,
): Promise<void> {
  while ((await deleteSome(batch)).numDeletedRows === BigInt(batch)) await setImmediate();
}
