/** `unresolved`: a name of which nothing can be said now. */
export type HostVerdict = 'allowed' | 'refused' | 'unresolved';

/**
 * Port: whether another system may be at a host: an address that the address policy allows, or a name that resolves to
 * such addresses alone. Settles within 2 s and never rejects.
 */
export type HostCheck = (host: string) => Promise<HostVerdict>;

/**
 * Whether another system may name these hosts as its own. A name that cannot be resolved now may stand: nothing is sent
 * there before it was checked again.
 */
export async function mayName(checkHost: HostCheck, hosts: readonly string[]): Promise<boolean> {
  const verdicts = await Promise.all(hosts.map(checkHost));
  return !verdicts.includes('refused');
}
