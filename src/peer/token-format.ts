import { z } from 'zod';

/** Longest life of a token, seconds. */
export const maxTokenLifetime = 60;

const systemId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const digest = systemId;
const tokenId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const seconds = z.number().int().positive();

const common = {
  iss: systemId,
  aud: systemId,
  lnk: z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/),
  iat: seconds,
  exp: seconds,
  jti: tokenId,
  bsh: digest,
};

const requestClaims = z.strictObject({
  ...common,
  htm: z.string().regex(/^[A-Z]{1,10}$/),
  htu: z.string().regex(/^\/[\x21-\x7e]{0,255}$/),
});

const responseClaims = z.strictObject({
  ...common,
  req: tokenId,
  sts: z.number().int().min(200).max(599),
});

/** Who says what to whom: times are seconds since the epoch, `bsh` is the SHA-256 of the raw body, base64url. */
export type RequestClaims = Readonly<z.infer<typeof requestClaims>>;
/** `req` is the `jti` of the request, `sts` the HTTP status. */
export type ResponseClaims = Readonly<z.infer<typeof responseClaims>>;

export type TokenType = 'interlink-req+jwt' | 'interlink-res+jwt';

const headerOf = {
  'interlink-req+jwt': tokenHeader('interlink-req+jwt'),
  'interlink-res+jwt': tokenHeader('interlink-res+jwt'),
};

const claimsOf = { 'interlink-req+jwt': requestClaims, 'interlink-res+jwt': responseClaims };

/** A token whose form is right and whose signature nobody has looked at yet. */
export interface UnverifiedToken<Claims> {
  readonly raw: string;
  /** Id of the system that claims to have signed. */
  readonly kid: string;
  readonly claims: Claims;
}

/** Stable words for why a token is refused. */
export type TokenFault =
  | 'token-form'
  | 'token-header'
  | 'token-claims'
  | 'token-lifetime'
  | 'interlink'
  | 'issuer'
  | 'audience'
  | 'signature'
  | 'method'
  | 'path'
  | 'body'
  | 'status'
  | 'request';

const compact = /^([A-Za-z0-9_-]{1,300})\.([A-Za-z0-9_-]{1,1200})\.[A-Za-z0-9_-]{86}$/;

/** Reads a request token without verifying it; anything but the exact form is refused. */
export function parseRequestToken(raw: string): UnverifiedToken<RequestClaims> | TokenFault {
  return parse('interlink-req+jwt', raw, (claims) => requestClaims.safeParse(claims).data);
}

/** Reads a response token without verifying it. */
export function parseResponseToken(raw: string): UnverifiedToken<ResponseClaims> | TokenFault {
  return parse('interlink-res+jwt', raw, (claims) => responseClaims.safeParse(claims).data);
}

/** Throws when what this system is about to sign would be refused elsewhere. */
export function assertClaims(typ: TokenType, claims: RequestClaims | ResponseClaims): void {
  claimsOf[typ].parse(claims);
}

function tokenHeader(typ: TokenType) {
  return z.strictObject({ alg: z.literal('Ed25519'), typ: z.literal(typ), kid: systemId });
}

function parse<Claims extends { readonly iat: number; readonly exp: number }>(
  typ: TokenType,
  raw: string,
  readClaims: (claims: unknown) => Claims | undefined,
): UnverifiedToken<Claims> | TokenFault {
  const [, headerPart, claimsPart] = compact.exec(raw) ?? [];
  if (headerPart === undefined || claimsPart === undefined) return 'token-form';
  const header = headerOf[typ].safeParse(decode(headerPart));
  if (!header.success) return 'token-header';
  const claims = readClaims(decode(claimsPart));
  if (claims === undefined) return 'token-claims';
  const lifetime = claims.exp - claims.iat;
  if (lifetime <= 0 || lifetime > maxTokenLifetime) return 'token-lifetime';
  return { raw, kid: header.data.kid, claims };
}

/** @returns undefined unless the JSON is written as JSON.stringify writes it: no doubled members, no white space */
function decode(part: string): unknown {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) return undefined;
  const text = bytes.toString();
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
