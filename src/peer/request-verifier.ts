import { clockToleranceMs } from '../domain/health.ts';
import type { Interlink } from '../domain/interlink.ts';
import { isPaired } from '../interlinks/peer-transport.ts';
import type { PairedInterlink } from '../interlinks/peer-transport.ts';
import { parseRequestToken } from './token-format.ts';
import type { RequestClaims, TokenFault } from './token-format.ts';
import { bodyHash } from './tokens.ts';
import type { TokenVerifier } from './tokens.ts';

/** A request whose token was signed by the peer of the interlink that it names. */
export interface SignedRequest {
  /** In any state, a tombstone included. */
  readonly interlink: PairedInterlink;
  readonly claims: RequestClaims;
}

export interface RequestVerifierDeps {
  readonly ownId: string;
  readonly findInterlink: (id: string) => Promise<Interlink | undefined>;
  readonly verifier: TokenVerifier;
}

const scheme = 'Interlink ';

/** Tells whose a request is. */
export class RequestVerifier {
  readonly #deps: RequestVerifierDeps;

  constructor(deps: RequestVerifierDeps) {
    this.#deps = deps;
  }

  /**
   * Verifies the token before anything of the body is read.
   * @param authorization the header
   * @param path path and query as they came
   */
  async verifyHead(
    authorization: string | undefined,
    method: string,
    path: string,
  ): Promise<SignedRequest | TokenFault> {
    if (authorization?.startsWith(scheme) !== true) return 'token-form';
    const token = parseRequestToken(authorization.slice(scheme.length));
    if (typeof token === 'string') return token;
    const { claims, kid } = token;
    const interlink = await this.#deps.findInterlink(claims.lnk);
    if (interlink === undefined || !isPaired(interlink)) return 'interlink';
    if (claims.iss !== interlink.peer.id || kid !== interlink.peer.id) return 'issuer';
    if (claims.aud !== this.#deps.ownId) return 'audience';
    if (claims.htm !== method) return 'method';
    if (claims.htu !== path) return 'path';
    const signed = await this.#deps.verifier.isSignedBy(token, interlink.peer.publicKey);
    return signed ? { interlink, claims } : 'signature';
  }
}

/** Whether a raw body is the one that was signed. */
export function isSignedBody(request: SignedRequest, body: Uint8Array): boolean {
  return bodyHash(body) === request.claims.bsh;
}

/** Whether a request is of this time, give or take the tolerance. @param now milliseconds since the epoch */
export function isTimely({ claims }: SignedRequest, now: number): boolean {
  return claims.iat * 1000 <= now + clockToleranceMs && claims.exp * 1000 >= now - clockToleranceMs;
}
