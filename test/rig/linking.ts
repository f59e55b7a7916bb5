import type { Office } from './office.ts';

/** Several times what it takes; a trunk that is asked too early is asked again after some seconds. */
const GREEN_MS = 40_000;

/** The line of the service's log by which an interlink turned green. */
const GREEN = /"colour":"green"/;
const UNENCRYPTED = /"reason":"calls are not encrypted"/;

/**
 * Links two offices as their admins do: one generates an authorization key, the other enters it. Returns when both
 * show a green circle.
 *
 * @param options of the command that generates the key
 * @returns the authorization key, used by now
 */
export async function linkOffices(
  issuer: Office,
  redeemer: Office,
  ...options: readonly string[]
): Promise<string> {
  const key = await generateKey(issuer, redeemer.name, ...options);
  await enterKey(redeemer, issuer.name, key);
  await untilGreen(issuer, redeemer);
  return key;
}

/** Links two offices by a trunk without encryption. Returns when both say that this is all that is wrong. */
export async function linkInClear(issuer: Office, redeemer: Office): Promise<void> {
  const key = await generateKey(issuer, redeemer.name, '--plain');
  await enterKey(redeemer, issuer.name, key, '--plain');
  await Promise.all([issuer, redeemer].map((office) => office.service.waitForLine(UNENCRYPTED, GREEN_MS)));
}

async function enterKey(
  redeemer: Office,
  name: string,
  key: string,
  ...options: readonly string[]
): Promise<void> {
  const linked = await redeemer.interlinks('link', name, key, ...options);
  if (linked.code !== 0) throw new Error(`${redeemer.name} could not link: ${linked.output}`);
}

export async function generateKey(
  issuer: Office,
  name: string,
  ...options: readonly string[]
): Promise<string> {
  const { code, output } = await issuer.interlinks('key', 'new', name, ...options);
  if (code !== 0) throw new Error(`${issuer.name} could not generate a key: ${output}`);
  return output.trim();
}

/** Waits until each of these offices has shown a green circle. */
export async function untilGreen(...offices: readonly Office[]): Promise<void> {
  await Promise.all(offices.map((office) => office.service.waitForLine(GREEN, GREEN_MS)));
}
