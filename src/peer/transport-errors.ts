import { fail } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { AddressRefusedError, CertificateMismatchError } from './connector.ts';

/** A stable word for why a request got no valid answer; for logs. */
export function reasonOf(error: unknown): string {
  if (error instanceof AddressRefusedError) return 'address-refused';
  if (error instanceof CertificateMismatchError) return 'certificate';
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'ConnectTimeoutError') return 'time-out';
  if (error.name === 'AbortError') return 'aborted';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Explains to the admin who entered a key why nothing could be sent. The key has not been used up. */
export function unsentFailure(url: string, error: unknown): Failure {
  const reason = reasonOf(error);
  if (reason === 'address-refused') {
    return fail(
      'peer-address-refused',
      `The key names ${url}, an address that cannot be another system's.`,
      'The other admin sets peer.url to an address that this system can reach, and makes a new key.',
    ).failure;
  }
  return fail(
    'peer-unreachable',
    `The other system cannot be reached at ${url}: ${wordsFor(reason)}.`,
    'Check that it runs and that no firewall stands between; then enter the same key again, it is still good.',
  ).failure;
}

function wordsFor(reason: string): string {
  switch (reason) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name cannot be resolved';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to it';
    case 'time-out':
    case 'ETIMEDOUT':
      return 'it does not answer';
    case 'aborted':
      return 'the attempt was ended';
    default:
      return `no TLS connection (${reason})`;
  }
}
