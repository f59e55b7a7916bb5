import { z } from 'zod';
import type { LookupAnswer, LookupQuery } from '../calls/peer-lookups.ts';
import { sealedMarkForm } from '../domain/change-mark.ts';
import { cleanDisplayName } from '../domain/display-name.ts';
import type { Announcement, HeartbeatReply, Notice } from '../interlinks/peer-transport.ts';
import { contact } from './contact-wire.ts';
import { parseJson } from './json.ts';

/** Paths of the peer protocol, as they stand in request tokens. */
export const paths = {
  pairings: '/interlink/v1/pairings',
  lookups: '/interlink/v1/lookups',
  heartbeats: '/interlink/v1/heartbeats',
  directory: '/interlink/v1/directory',
  notices: '/interlink/v1/notices',
  mediaTests: '/interlink/v1/media-tests',
  mediaReports: '/interlink/v1/media-reports',
  confirmationOf: (interlinkId: string) => `/interlink/v1/pairings/${interlinkId}/confirmation`,
} as const;

/** Headers of the peer protocol. */
export const headers = {
  token: 'interlink-token',
  mac: 'interlink-mac',
  signature: 'interlink-signature',
} as const;

export const dialed = z.string().regex(/^[0-9*#]{1,20}$/);
export const displayName = z.string().transform(cleanDisplayName);
/** Opaque: compared, never understood. */
export const revision = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const trunkState = z.enum(['up', 'down', 'unknown']).catch('unknown');

const lookupQuery = z.object({
  number: dialed,
  callId: z.uuid(),
  caller: z.object({ number: dialed.optional(), name: displayName }),
});

/** It travels in a SIP header or an IAX variable: nothing that means something there may be in it. */
export const ticket = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

const lookupAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('shared'), ticket }),
  z.object({ status: z.literal('unknown') }),
]);

const mark = z.string().regex(sealedMarkForm);

const heartbeat = z.object({
  version: z.string().max(100).transform(cleanDisplayName),
  protocol: z.number().int().positive().default(1),
  name: displayName,
  trunk: trunkState,
  directory: z
    .object({ shares: revision, has: revision.optional() })
    .optional()
    .transform((told) => told && { shares: told.shares, has: told.has })
    .catch(undefined),
  history: z
    .object({ own: mark.optional(), yours: mark.optional() })
    .optional()
    .transform((told) => told && { own: told.own, yours: told.yours })
    .catch(undefined),
});

/** Addresses that cannot be used are left out: the rest of the heartbeat counts all the same. */
const announcement = heartbeat.extend({ contact: contact.optional().catch(undefined) });

const heartbeatReply = heartbeat.extend({ now: z.number().int().positive() });

const clockRefusal = z.object({ code: z.literal('clock'), now: z.number().int().positive() });

const notice = z.discriminatedUnion('kind', [z.object({ kind: z.literal('deleted') })]);

export function readLookupQuery(body: Uint8Array): LookupQuery | undefined {
  const { data } = lookupQuery.safeParse(parseJson(body));
  if (data === undefined) return undefined;
  const { number, callId, caller } = data;
  return { number, callId, caller: { number: caller.number, name: caller.name } };
}

export function readLookupAnswer(body: Uint8Array): LookupAnswer | undefined {
  return lookupAnswer.safeParse(parseJson(body)).data;
}

export function readHeartbeat(body: Uint8Array): Announcement | undefined {
  const { data } = announcement.safeParse(parseJson(body));
  return data === undefined ? undefined : { ...data, contact: data.contact };
}

export function readHeartbeatReply(body: Uint8Array): HeartbeatReply | undefined {
  return heartbeatReply.safeParse(parseJson(body)).data;
}

/** @returns undefined for a kind that this version does not know, too */
export function readNotice(body: Uint8Array): Notice | undefined {
  return notice.safeParse(parseJson(body)).data;
}

/** The peer's clock, from its refusal of a request that was out of time by it. */
export function readClockRefusal(body: Uint8Array): number | undefined {
  return clockRefusal.safeParse(parseJson(body)).data?.now;
}
