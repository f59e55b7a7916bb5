import type { Office } from './office.ts';

const GREEN_MS = 15_000;

/** The line of the service's log by which an interlink turned green. */
const GREEN = /"colour":"green"/;

/**
 * Links two offices as their admins do: one generates an authorization key, the other enters it. Returns when both
 * show a green circle.
 *
 * @returns the authorization key, used by now
 */
export async function linkOffices(issuer: Office, redeemer: Office): Promise<string> {
  const key = await generateKey(issuer, redeemer.name);
  const linked = await redeemer.interlinks('link', issuer.name, key);
  if (linked.code !== 0) throw new Error(`${redeemer.name} could not link: ${linked.output}`);
  await untilGreen(issuer, redeemer);
  return key;
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
