import type { FastifyInstance } from 'fastify';
import type { Logger } from '../domain/logger.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { PairingResponse } from '../interlinks/accept-pairing.ts';
import type { RefusalCode } from '../interlinks/pairing-messages.ts';
import type { SealedPairingRequest } from '../interlinks/peer-transport.ts';
import type { PairingLimit } from './pairing-limit.ts';
import { headers, paths } from './wire.ts';

const authorizationForm = /^InterlinkKey ([0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})$/;
const maxBodyBytes = 8 * 1024;

const statusOf: Readonly<Record<RefusalCode, number>> = {
  used: 409,
  expired: 410,
  'already-linked': 409,
  'own-key': 409,
  'trunk-unsupported': 422,
  'address-refused': 422,
  invalid: 400,
};

/** The one answer for everybody who does not prove to hold a key. */
const unproved = { code: 'refused' } as const;

/**
 * Takes message 1 of a pairing, the one request that no known peer signs.
 * @param accept see AcceptPairing
 * @param limit what is over it gets the answer of who proves nothing, without a look at the request
 */
export function addPairingRoute(
  app: FastifyInstance,
  accept: (request: SealedPairingRequest) => Promise<PairingResponse | undefined>,
  limit: PairingLimit,
  { logger, refusals }: { readonly logger: Logger; readonly refusals: Refusals },
): void {
  app.post(paths.pairings, { bodyLimit: maxBodyBytes }, async (request, reply) => {
    const [, keyId, mac] = authorizationForm.exec(request.headers.authorization ?? '') ?? [];
    const signature = request.headers[headers.signature];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const response =
      keyId === undefined || mac === undefined || !limit.allows(request.ip)
        ? undefined
        : await accept({ keyId, mac, signature: typeof signature === 'string' ? signature : '', body });
    if (isCounted(response) && limit.countRefused(request.ip)) {
      logger.warn({ remote: request.ip }, 'many pairing requests were refused; they are no longer looked at');
    }
    if (response === undefined) {
      refusals.refused('pairing-unproved', request.ip);
      return await reply.code(403).send(unproved);
    }
    if (response.kind === 'refused' && (response.code === 'used' || response.code === 'expired')) {
      refusals.refused(`pairing-${response.code}`, request.ip, { interlink: keyId });
    }
    void reply
      .code(response.kind === 'accepted' ? 200 : statusOf[response.code])
      .header('content-type', 'application/json')
      .header(headers.mac, response.mac);
    if (response.kind === 'accepted') void reply.header(headers.signature, response.signature);
    return await reply.send(Buffer.from(response.body));
  });
}

/** Who holds a key may have names looked up by it, and again as long as that is refused. */
function isCounted(response: PairingResponse | undefined): boolean {
  return response === undefined || (response.kind === 'refused' && response.code === 'address-refused');
}
