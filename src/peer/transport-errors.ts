import { AddressRefusedError, CertificateMismatchError } from './connector.ts';

/** A stable word for why a request got no valid answer. */
export function reasonOf(error: unknown): string {
  if (error instanceof AddressRefusedError) return 'address-refused';
  if (error instanceof CertificateMismatchError) return 'certificate';
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError' || error.name === 'ConnectTimeoutError') return 'time-out';
  if (error.name === 'AbortError') return 'aborted';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
