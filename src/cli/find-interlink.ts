import { interlinks, type EndedInterlinkView, type InterlinkView } from '../admin/schema.ts';
import { FailureError } from '../domain/failure.ts';
import type { AdminClient } from './client.ts';

/**
 * Finds an interlink by what it is called here, whatever the case.
 *
 * @throws {FailureError} `not-found`
 */
export async function findInterlink(client: AdminClient, name: string): Promise<InterlinkView> {
  return called(name, (await client.get('/interlinks', interlinks)).interlinks) ?? unknown(name);
}

/**
 * Finds an interlink that has ended and whose other side is still to be told, by what it was called here.
 *
 * @throws {FailureError} `not-found`
 */
export async function findUntold(client: AdminClient, name: string): Promise<EndedInterlinkView> {
  const { ended } = await client.get('/interlinks', interlinks);
  return (
    called(
      name,
      ended.filter(({ noticePending }) => noticePending),
    ) ?? unknown(name)
  );
}

function called<T extends { readonly name: string }>(name: string, all: readonly T[]): T | undefined {
  const wanted = name.toLowerCase();
  return all.find((one) => one.name === name) ?? all.find((one) => one.name.toLowerCase() === wanted);
}

function unknown(name: string): never {
  throw new FailureError(
    'not-found',
    `There is no interlink "${name}"`,
    'See "interlinks list" for those that there are',
  );
}
