import type { Identity } from '../domain/identity.ts';
import type { PairedInterlink } from '../interlinks/peer-transport.ts';
import type { Connections, RawResponse } from './connections.ts';
import { toJson } from './json.ts';
import { maxTokenLifetime, parseResponseToken } from './token-format.ts';
import type { RequestClaims, TokenFault } from './token-format.ts';
import { bodyHash, newTokenId, TokenSigner, TokenVerifier } from './tokens.ts';
import { reasonOf } from './transport-errors.ts';
import { headers, readClockRefusal } from './wire.ts';

export interface SignedClientDeps {
  readonly identity: Identity;
  readonly connections: Pick<Connections, 'post'>;
  readonly now: () => number;
}

/** `answered`: proved to be the peer's answer to this very request. */
export type SignedOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: Uint8Array;
      readonly roundTripMs: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Sends signed requests and believes signed responses alone. */
export class SignedClient {
  readonly #deps: SignedClientDeps;
  readonly #signer: TokenSigner;
  readonly #verifier = new TokenVerifier();
  /** By peer id: the peer's clock less this one's, milliseconds, as its last refusal told. */
  readonly #clockOffsets = new Map<string, number>();

  constructor(deps: SignedClientDeps) {
    this.#deps = deps;
    this.#signer = new TokenSigner(deps.identity);
  }

  /**
   * POSTs to the peer of an interlink. A peer whose clock differs says so, and the request is repeated once by its
   * clock. Never rejects.
   * @param content what is sent as JSON, or the JSON itself
   */
  async post(
    interlink: PairedInterlink,
    path: string,
    content: object | Uint8Array,
    signal: AbortSignal,
  ): Promise<SignedOutcome> {
    const body = content instanceof Uint8Array ? content : toJson(content);
    try {
      const outcome = await this.#postOnce(interlink, path, body, signal);
      const theirs =
        outcome.kind === 'answered' && outcome.status === 401 ? readClockRefusal(outcome.body) : undefined;
      if (theirs === undefined) return outcome;
      this.#clockOffsets.set(interlink.peer.id, theirs - this.#deps.now());
      return await this.#postOnce(interlink, path, body, signal);
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) };
    }
  }

  async #postOnce(
    interlink: PairedInterlink,
    path: string,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<SignedOutcome> {
    const { identity, connections, now } = this.#deps;
    const { id: lnk, peer } = interlink;
    const iat = Math.floor((now() + (this.#clockOffsets.get(peer.id) ?? 0)) / 1000);
    const claims: RequestClaims = {
      iss: identity.id,
      aud: peer.id,
      lnk,
      iat,
      exp: iat + maxTokenLifetime,
      jti: newTokenId(),
      bsh: bodyHash(body),
      htm: 'POST',
      htu: path,
    };
    const authorization = `Interlink ${await this.#signer.signRequest(claims)}`;
    const started = performance.now();
    const response = await connections.post(lnk, peer, {
      path,
      headers: { authorization, 'content-type': 'application/json' },
      body,
      signal,
    });
    const roundTripMs = performance.now() - started;
    if (response.status === 401 && response.headers[headers.token] === undefined) {
      return { kind: 'failed', reason: 'unknown-interlink' };
    }
    const fault = await this.#findFault(interlink, claims, response);
    if (fault !== undefined) return { kind: 'failed', reason: `response-${fault}` };
    return { kind: 'answered', status: response.status, body: response.body, roundTripMs };
  }

  /** A response is bound to its request, which is of this moment; so its own times say nothing more. */
  async #findFault(
    { id, peer }: PairedInterlink,
    request: RequestClaims,
    response: RawResponse,
  ): Promise<TokenFault | undefined> {
    const raw = response.headers[headers.token];
    const token = typeof raw === 'string' ? parseResponseToken(raw) : 'token-form';
    if (typeof token === 'string') return token;
    const { kid, claims } = token;
    if (claims.iss !== peer.id || kid !== peer.id) return 'issuer';
    if (claims.aud !== this.#deps.identity.id) return 'audience';
    if (claims.lnk !== id) return 'interlink';
    if (claims.req !== request.jti) return 'request';
    if (claims.sts !== response.status) return 'status';
    if (claims.bsh !== bodyHash(response.body)) return 'body';
    return (await this.#verifier.isSignedBy(token, peer.publicKey)) ? undefined : 'signature';
  }
}
