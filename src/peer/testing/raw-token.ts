import { sign } from 'node:crypto';
import type { RequestClaims } from '../token-format.ts';

/** Signs any header and payload text as a compact JWS, right or wrong. @param privateKey PKCS #8 PEM */
export function rawToken(privateKey: string, header: string, payload: string): string {
  const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

export function requestHeader(kid: string): string {
  return JSON.stringify({ alg: 'Ed25519', typ: 'interlink-req+jwt', kid });
}

/** A token as a peer makes it, but for what is changed. */
export function requestToken(
  signer: { readonly id: string; readonly privateKey: string },
  claims: RequestClaims,
): string {
  return rawToken(signer.privateKey, requestHeader(signer.id), JSON.stringify(claims));
}
