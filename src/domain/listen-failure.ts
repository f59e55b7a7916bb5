import { FailureError } from './failure.ts';
import { hostAndPort } from './host.ts';
import type { ListenAddress } from './listen-address.ts';

const reasons = new Map<unknown, string>([
  ['EADDRINUSE', 'is taken by another program'],
  ['EADDRNOTAVAIL', 'is not an address of this machine'],
  ['EACCES', 'may not be used by this user'],
]);

/**
 * Why a server cannot listen where it should.
 *
 * @param setting the key in interlinks.yaml that says where
 * @returns `port-taken`; undefined when the error is of another kind
 */
export function listenFailure(
  address: ListenAddress,
  setting: string,
  error: unknown,
): FailureError | undefined {
  const reason = reasons.get(error instanceof Error && 'code' in error ? error.code : undefined);
  if (reason === undefined) return undefined;
  return new FailureError(
    'port-taken',
    `${hostAndPort(address)} ${reason}`,
    `Choose another address for ${setting} in interlinks.yaml, or end what uses this one`,
    error,
  );
}
