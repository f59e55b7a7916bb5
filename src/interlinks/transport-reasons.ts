import { unknownThere } from '../domain/health.ts';

/**
 * Puts into words, for admins, why a request to another system got no answer that counts.
 * @param reason as the transport gives it, see peer-transport.ts
 */
export function wordsFor(reason: string): string {
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
      return 'nothing comes back';
    case 'aborted':
      return 'the attempt was ended';
    case 'address-refused':
      return 'its name leads to an address that cannot be another system’s';
    case 'certificate':
      return 'what answers there shows another certificate';
    // Not signed, since it does not know for whom; but over the connection that is that system's alone.
    case 'unknown-interlink':
      return unknownThere;
    default:
      // Of an answer that is not signed as it should be; see SignedClient.
      return reason.startsWith('response-')
        ? 'what answers there does not prove to be that system'
        : `no answer over TLS: ${reason}`;
  }
}
