import type { MediaTests } from '../calls/media-tests.ts';
import type { LookupAnswer, LookupQuery } from '../calls/peer-lookups.ts';
import type { Directory } from '../domain/directory.ts';
import { clockToleranceMs } from '../domain/health.ts';
import { isActive } from '../domain/interlink.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import type { Heartbeat, HeartbeatReply, Notice } from '../interlinks/peer-transport.ts';
import type { ActiveInterlink, Interlink, PeerContact } from '../domain/interlink.ts';
import { maxDirectoryBytes, readDirectory } from './directory-wire.ts';
import type { SignedRequest } from './request-verifier.ts';
import type { SeenRequests } from './seen-requests.ts';
import { readMediaReportQuery } from './media-wire.ts';
import { paths, readHeartbeat, readLookupQuery, readNotice } from './wire.ts';

/** What a signed request is answered with; it travels signed as well. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Answers one kind of signed request. Everything about the signature has been checked, the body's content not. */
export type SignedHandler = (request: SignedRequest, body: Uint8Array) => Promise<Answer> | Answer;

export interface SignedRoute {
  readonly path: string;
  /** Left out: as much as any other request. */
  readonly maxBodyBytes?: number;
  readonly handle: SignedHandler;
}

export interface SignedRoutesDeps {
  /** Decides about a lookup, see src/calls. */
  readonly answerLookup: (interlink: ActiveInterlink, query: LookupQuery) => LookupAnswer;
  /** A peer's heartbeat has arrived, see HealthMonitor. */
  readonly heard: (interlink: Interlink, beat: Heartbeat) => HeartbeatReply;
  /** Keeps a peer's directory, see PeerDirectories. */
  readonly receiveDirectory: (interlink: ActiveInterlink, directory: Directory) => Promise<boolean>;
  /** Where the peer is reached, as of a time in seconds, see FollowPeer. */
  readonly follow: (interlinkId: string, contact: PeerContact, toldAt: number) => void;
  /** See ConfirmPairing. */
  readonly confirm: (interlinkId: string) => Promise<boolean>;
  /** Obeys a notice of the peer; resolves once what it changes is on disk. */
  readonly noticed: (interlink: Interlink, notice: Notice) => Promise<void>;
  /** The answering side of media tests. */
  readonly mediaTests: Pick<MediaTests, 'begin' | 'report'>;
  readonly seenRequests: SeenRequests;
  /** Milliseconds on a clock that never goes back. */
  readonly uptime: () => number;
}

/** Directories over one interlink, so much of each counting as one: they may take the database for a while. */
const directoryLimit = { burst: 100, perSecond: 0.5, maxKeys: 10_000 } as const;
const directoryUnitBytes = 64 * 1024;

/** The signed requests that this system understands. */
export function signedRoutes(deps: SignedRoutesDeps): readonly SignedRoute[] {
  const reading = new Set<string>();
  const pace = new RateLimiter(directoryLimit);
  return [
    { path: paths.lookups, handle: ({ interlink }, body) => answerLookup(deps, interlink, body) },
    { path: paths.notices, handle: async (request, body) => await answerNotice(deps, request, body) },
    { path: paths.heartbeats, handle: async (request, body) => await answerHeartbeat(deps, request, body) },
    { path: paths.mediaTests, handle: ({ interlink }) => beginMediaTest(deps, interlink) },
    {
      path: paths.mediaReports,
      handle: async ({ interlink }, body) => await reportMedia(deps, interlink, body),
    },
    {
      path: paths.directory,
      maxBodyBytes: maxDirectoryBytes,
      handle: async (request, body) => await takeDirectory(deps, { reading, pace }, request, body),
    },
    {
      path: paths.confirmationOf(':id'),
      handle: async (request) => await answerConfirmation(deps, request),
    },
  ];
}

/** A malformed query gets the same answer as an unknown number: whoever guesses is told nothing. */
function answerLookup(deps: SignedRoutesDeps, interlink: Interlink, body: Uint8Array): Answer {
  if (!isActive(interlink)) return notActive;
  const query = readLookupQuery(body);
  const answer: LookupAnswer =
    query === undefined ? { status: 'unknown' } : deps.answerLookup(interlink, query);
  return { status: 200, body: answer };
}

/**
 * Answered while pairing as well: the issuer is active a moment before the redeemer is. A redeemer sends none before its
 * confirmation was answered, so that an issuer which is pairing has lost what it knew, as by an older backup.
 */
async function answerHeartbeat(
  deps: SignedRoutesDeps,
  { interlink, claims }: SignedRequest,
  body: Uint8Array,
): Promise<Answer> {
  const beat = readHeartbeat(body);
  if (beat === undefined) return { status: 400, body: { code: 'invalid' } };
  if (interlink.role === 'issuer' && !isActive(interlink) && !(await deps.confirm(interlink.id))) return gone;
  if (beat.contact !== undefined) deps.follow(interlink.id, beat.contact, claims.iat);
  return { status: 200, body: deps.heard(interlink, beat) };
}

function beginMediaTest({ mediaTests }: SignedRoutesDeps, interlink: Interlink): Answer {
  if (!isActive(interlink)) return notActive;
  const ticket = mediaTests.begin(interlink);
  return { status: 200, body: ticket === undefined ? { status: 'busy' } : { status: 'ready', ticket } };
}

async function reportMedia(
  { mediaTests }: SignedRoutesDeps,
  interlink: Interlink,
  body: Uint8Array,
): Promise<Answer> {
  if (!isActive(interlink)) return notActive;
  const ticket = readMediaReportQuery(body);
  if (ticket === undefined) return { status: 400, body: { code: 'invalid' } };
  const figures = await mediaTests.report(interlink, ticket);
  return {
    status: 200,
    body: figures === undefined ? { status: 'unknown' } : { status: 'measured', figures },
  };
}

/** @param reading ids of the interlinks of which one is being read: a long one takes many times its size in memory */
async function takeDirectory(
  deps: SignedRoutesDeps,
  { reading, pace }: { readonly reading: Set<string>; readonly pace: RateLimiter },
  { interlink, claims }: SignedRequest,
  body: Uint8Array,
): Promise<Answer> {
  if (!isActive(interlink)) return notActive;
  if (reading.has(interlink.id) || !pace.allows(interlink.id, deps.uptime())) return busy;
  pace.charge(interlink.id, deps.uptime(), Math.max(1, body.length / directoryUnitBytes));
  reading.add(interlink.id);
  try {
    if (!(await isFirst(deps, claims))) return replayed;
    const directory = await readDirectory(body);
    if (directory === undefined) return { status: 400, body: { code: 'invalid' } };
    if (!(await deps.receiveDirectory(interlink, directory))) return notActive;
    return { status: 200, body: { revision: directory.revision } };
  } finally {
    reading.delete(interlink.id);
  }
}

async function answerNotice(
  deps: SignedRoutesDeps,
  request: SignedRequest,
  body: Uint8Array,
): Promise<Answer> {
  const notice = readNotice(body);
  if (notice === undefined) return { status: 422, body: { code: 'invalid' } };
  if (!(await isFirst(deps, request.claims))) return replayed;
  await deps.noticed(request.interlink, notice);
  return { status: 200, body: {} };
}

async function answerConfirmation(deps: SignedRoutesDeps, request: SignedRequest): Promise<Answer> {
  const { interlink, claims } = request;
  const ownPath = claims.htu === paths.confirmationOf(interlink.id);
  if (!ownPath || interlink.role !== 'issuer') return { status: 404, body: { code: 'not-found' } };
  // One more changes nothing, and need not be remembered.
  if (isActive(interlink)) return { status: 200, body: {} };
  if (!(await isFirst(deps, claims))) return replayed;
  return (await deps.confirm(interlink.id)) ? { status: 200, body: {} } : gone;
}

/** Whether a request that changes state came for the first time. */
async function isFirst(
  { seenRequests }: SignedRoutesDeps,
  claims: SignedRequest['claims'],
): Promise<boolean> {
  return await seenRequests.remember(`${claims.iss}:${claims.jti}`, claims.exp * 1000 + clockToleranceMs);
}

/** What every request over an interlink that has ended is answered with. */
export const gone: Answer = { status: 410, body: { code: 'gone' } };

/** One at a time, and not ever more; the next heartbeat makes the peer send it again. */
const busy: Answer = { status: 409, body: { code: 'busy' } };

const notActive: Answer = { status: 409, body: { code: 'not-active' } };

const replayed: Answer = { status: 409, body: { code: 'replayed' } };
