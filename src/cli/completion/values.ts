import { interlinks, numbers, remoteNumbers } from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import type { AdminClient } from '../client.ts';

/** A word that a shell may offer, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly about: string;
}

type Source = (client: AdminClient) => Promise<readonly Candidate[]>;

/** Nobody waits longer for a list of names. */
const patienceMs = 1000;

/** Where the values of an argument or option come from, by the name that it has in the usage. */
const sources: Readonly<Record<string, Source>> = {
  interlink: interlinkNames,
  number: ownNumbers,
  dialed: async (client) => [...(await ownNumbers(client)), ...(await numbersOfOthers(client))],
  'endpoint|interlink': async (client) => [...(await endpoints(client)), ...(await interlinkNames(client))],
};

/** Asks the running service. @returns none where it does not answer, or not in time */
export async function valuesOf(name: string, configFile: string): Promise<readonly Candidate[]> {
  const source = sources[name];
  if (source === undefined) return [];
  try {
    const client = await adminClient({ config: configFile }, patienceMs);
    return await source(client);
  } catch {
    return [];
  }
}

async function interlinkNames(client: AdminClient): Promise<readonly Candidate[]> {
  const found = await client.get('/interlinks', interlinks);
  return found.interlinks.map(({ name, health }) => ({ value: name, about: health.reason }));
}

async function ownNumbers(client: AdminClient): Promise<readonly Candidate[]> {
  const found = await client.get('/numbers', numbers);
  return found.numbers.map(({ number, name = '' }) => ({ value: number, about: name }));
}

async function numbersOfOthers(client: AdminClient): Promise<readonly Candidate[]> {
  const found = await client.get('/remote-numbers', remoteNumbers);
  return found.numbers
    .filter(({ reach }) => reach === 'dialable')
    .map(({ number, name = '', interlink }) => ({ value: number, about: `${interlink} ${name}`.trim() }));
}

async function endpoints(client: AdminClient): Promise<readonly Candidate[]> {
  const found = await client.get('/numbers', numbers);
  const targets = found.numbers.flatMap(({ target, name = '' }) =>
    target.split(' & ').map((value) => ({ value, about: name })),
  );
  return targets.filter(({ value }) => value.includes('/'));
}
