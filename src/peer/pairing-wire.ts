import { z } from 'zod';
import { cleanDisplayName } from '../domain/display-name.ts';
import { isSafePublicKey } from '../domain/ed25519-key.ts';
import type {
  PairingAnswer,
  PairingCodec,
  PairingRefusal,
  PairingRequest,
} from '../interlinks/pairing-messages.ts';
import { certificate, host, peerUrl, port, trunkLocation } from './contact-wire.ts';
import { parseJson, toJson } from './json.ts';

const protocolVersion = 1;

const interlinkId = z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/);
const rawKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .refine(isCanonicalBase64Url);
const publicKey = rawKey.refine((key) => isSafePublicKey(Buffer.from(key, 'base64url')));
const systemName = z.string().transform(cleanDisplayName).pipe(z.string().min(1));
const trunkKind = z.enum(['pjsip', 'pjsip-plain', 'iax2']);

const request = z.object({
  version: z.literal(protocolVersion),
  id: interlinkId,
  idempotencyId: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  publicKey,
  name: systemName,
  url: peerUrl,
  certificate,
  trunk: z.object({
    // A kind that this version does not know is no reason to refuse the others.
    kinds: z
      .array(z.string())
      .transform((kinds) => kinds.filter((kind) => trunkKind.safeParse(kind).success))
      .pipe(z.array(trunkKind)),
    host,
    pjsip: z.object({ port, certificate }).optional(),
    'pjsip-plain': z.object({ port }).optional(),
    iax2: z.object({ port }).optional(),
  }),
  ephemeral: rawKey,
});

const answer = z.object({
  id: interlinkId,
  publicKey,
  name: systemName,
  certificate,
  trunk: trunkLocation.extend({ kind: trunkKind }),
  ephemeral: rawKey,
});

const refusal = z.object({
  code: z.enum([
    'used',
    'expired',
    'already-linked',
    'own-key',
    'trunk-unsupported',
    'address-refused',
    'invalid',
  ]),
  name: z.string().transform(cleanDisplayName).optional(),
});

/** The pairing messages as JSON. Unknown members are ignored, so that one side can be newer. */
export const pairingCodec: PairingCodec = {
  encodeRequest({ trunk, ...rest }: PairingRequest): Uint8Array {
    const { kinds, host, ports, certificate } = trunk;
    const endpoints = kinds.map(
      (kind) => [kind, { port: ports[kind], ...(kind === 'pjsip' && { certificate }) }] as const,
    );
    return toJson({
      version: protocolVersion,
      ...rest,
      trunk: { kinds, host, ...Object.fromEntries(endpoints) },
    });
  },

  decodeRequest(bytes: Uint8Array): PairingRequest | undefined {
    const { data } = request.safeParse(parseJson(bytes));
    if (data === undefined) return undefined;
    const { version: _, trunk, ...rest } = data;
    const offered = trunkKind.options.flatMap((kind) => {
      const endpoint = trunk[kind];
      return endpoint === undefined ? [] : [[kind, endpoint.port] as const];
    });
    return {
      ...rest,
      trunk: {
        kinds: trunk.kinds,
        host: trunk.host,
        ports: Object.fromEntries(offered),
        ...(trunk.pjsip !== undefined && { certificate: trunk.pjsip.certificate }),
      },
    };
  },

  encodeAnswer: toJson,

  decodeAnswer(bytes: Uint8Array): PairingAnswer | undefined {
    return answer.safeParse(parseJson(bytes)).data;
  },

  encodeRefusal: toJson,

  decodeRefusal(bytes: Uint8Array): PairingRefusal | undefined {
    const { data } = refusal.safeParse(parseJson(bytes));
    return data === undefined ? undefined : { code: data.code, name: data.name };
  },
};

function isCanonicalBase64Url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}
