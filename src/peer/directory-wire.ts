import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Directory, SharedNumber } from '../domain/directory.ts';
import { parseJson, toJson } from './json.ts';
import { dialed, displayName, revision } from './wire.ts';

export const maxDirectoryBytes = 4 * 1024 * 1024;

/** So many numbers are read before others get their turn. */
const numbersAtOnce = 2000;

const directory = z.object({ revision, numbers: z.array(z.unknown()) });
const sharedNumber = z.object({ number: dialed, name: displayName.optional() });
const acknowledgement = z.object({ revision });

const encoded = new WeakMap<Directory, Uint8Array>();

/** The same bytes for every peer, made once. */
export function encodeDirectory(content: Directory): Uint8Array {
  const known = encoded.get(content);
  if (known !== undefined) return known;
  const bytes = toJson({ revision: content.revision, numbers: content.numbers });
  encoded.set(content, bytes);
  return bytes;
}

/** Takes several turns of the event loop for a long one. @returns undefined when it is none, or names a number twice */
export async function readDirectory(body: Uint8Array): Promise<Directory | undefined> {
  const { data } = directory.safeParse(parseJson(body));
  if (data === undefined) return undefined;
  const numbers = new Map<string, SharedNumber>();
  for (const [index, raw] of data.numbers.entries()) {
    if (index % numbersAtOnce === 0) await nextTurn();
    const read = sharedNumber.safeParse(raw).data;
    if (read === undefined || numbers.has(read.number)) return undefined;
    numbers.set(read.number, { number: read.number, name: read.name });
  }
  return { revision: data.revision, numbers: [...numbers.values()] };
}

/** @returns the revision that the peer has taken */
export function readAcknowledgement(body: Uint8Array): string | undefined {
  return acknowledgement.safeParse(parseJson(body)).data?.revision;
}
