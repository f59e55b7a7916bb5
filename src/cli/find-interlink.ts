import { interlinks, type InterlinkView } from '../admin/schema.ts';
import { FailureError } from '../domain/failure.ts';
import type { AdminClient } from './client.ts';

/**
 * Finds an interlink by what it is called here, whatever the case.
 *
 * @throws {FailureError} `not-found`
 */
export async function findInterlink(client: AdminClient, name: string): Promise<InterlinkView> {
  const { interlinks: all } = await client.get('/interlinks', interlinks);
  const wanted = name.toLowerCase();
  const found = all.find((one) => one.name === name) ?? all.find((one) => one.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new FailureError(
    'not-found',
    `There is no interlink "${name}"`,
    'See "interlinks list" for those that there are',
  );
}
