import type { LookupAnswer, LookupQuery, PeerLookups } from '../calls/peer-lookups.ts';
import type { MediaTestPeer } from '../calls/test-media.ts';
import { Deadline } from '../domain/deadline.ts';
import type { Directory } from '../domain/directory.ts';
import type { Identity } from '../domain/identity.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import type { MediaFigures } from '../domain/media-figures.ts';
import type {
  Announcement,
  DirectoryDelivery,
  DirectoryTransport,
  HeartbeatOutcome,
  HeartbeatTransport,
  Notice,
  NoticeOutcome,
  NoticeTransport,
  PairedInterlink,
  PairingDelivery,
  PairingTransport,
  SealedPairingRequest,
} from '../interlinks/peer-transport.ts';
import { Connections } from './connections.ts';
import type { ConnectionsOptions, RawResponse } from './connections.ts';
import { SignedClient } from './signed-client.ts';
import { encodeDirectory, readAcknowledgement } from './directory-wire.ts';
import { readMediaReport, readMediaTestAnswer } from './media-wire.ts';
import type { SignedOutcome } from './signed-client.ts';
import { reasonOf } from './transport-errors.ts';
import { headers, paths, readHeartbeatReply, readLookupAnswer } from './wire.ts';

const requestTimeoutMs = 2000;
const pairingTimeoutMs = 5000;
const directoryTimeoutMs = 10_000;

export interface PeerClientDeps extends ConnectionsOptions {
  readonly identity: Identity;
  readonly now: () => number;
  readonly logger: Logger;
  /** A peer has said, signed, that it has no such interlink any more. */
  readonly onGone: (interlink: PairedInterlink) => void;
}

/** Everything this system asks others. */
export class PeerClient
  implements
    PeerLookups,
    MediaTestPeer,
    PairingTransport,
    HeartbeatTransport,
    DirectoryTransport,
    NoticeTransport
{
  readonly #onGone: PeerClientDeps['onGone'];
  readonly #logger: Logger;
  readonly #connections: Connections;
  readonly #signed: SignedClient;

  constructor(deps: PeerClientDeps) {
    const { identity, now, logger, allowLoopback, resolve } = deps;
    this.#onGone = deps.onGone;
    this.#logger = logger;
    this.#connections = new Connections({ allowLoopback, resolve });
    this.#signed = new SignedClient({ identity, connections: this.#connections, now });
  }

  async ask(
    interlink: ActiveInterlink,
    query: LookupQuery,
    signal: AbortSignal,
  ): Promise<LookupAnswer | undefined> {
    const outcome = await this.#post(interlink, paths.lookups, query, signal);
    const answer =
      outcome.kind === 'answered' && outcome.status === 200 ? readLookupAnswer(outcome.body) : undefined;
    if (answer === undefined) {
      const reason = outcome.kind === 'answered' ? `status ${outcome.status}` : outcome.reason;
      this.#logger.debug({ interlink: interlink.id, reason }, 'lookup not answered');
    }
    return answer;
  }

  async heartbeat(
    interlink: PairedInterlink,
    beat: Announcement,
    signal: AbortSignal,
  ): Promise<HeartbeatOutcome> {
    using deadline = new Deadline(requestTimeoutMs, signal);
    const outcome = await this.#post(interlink, paths.heartbeats, beat, deadline.signal);
    if (outcome.kind === 'failed') return { kind: 'missed', reason: outcome.reason };
    if (outcome.status === 410) return { kind: 'gone' };
    const reply = outcome.status === 200 ? readHeartbeatReply(outcome.body) : undefined;
    if (reply === undefined) return { kind: 'missed', reason: `status ${outcome.status}` };
    return { kind: 'answered', reply, roundTripMs: outcome.roundTripMs };
  }

  async sendDirectory(
    interlink: ActiveInterlink,
    directory: Directory,
    signal: AbortSignal,
  ): Promise<DirectoryDelivery> {
    using deadline = new Deadline(directoryTimeoutMs, signal);
    const outcome = await this.#post(interlink, paths.directory, encodeDirectory(directory), deadline.signal);
    if (outcome.kind === 'failed') return outcome;
    const { status, body } = outcome;
    if (status === 200 && readAcknowledgement(body) === directory.revision) return { kind: 'acknowledged' };
    const lasting = status >= 400 && status < 500 && status !== 409 && status !== 410;
    return { kind: lasting ? 'refused' : 'failed', reason: `status ${status}` };
  }

  async requestPairing(
    url: string,
    request: SealedPairingRequest,
    signal: AbortSignal,
  ): Promise<PairingDelivery> {
    let sent = false;
    using deadline = new Deadline(pairingTimeoutMs, signal);
    const raw = {
      path: paths.pairings,
      headers: {
        authorization: `InterlinkKey ${request.keyId}.${request.mac}`,
        [headers.signature]: request.signature,
        'content-type': 'application/json',
      },
      body: request.body,
      signal: deadline.signal,
    };
    try {
      const response = await this.#connections.postUnpinned(url, raw, () => {
        sent = true;
      });
      const { status, body } = response;
      const mac = headerOf(response, headers.mac);
      const signature = headerOf(response, headers.signature);
      return { kind: 'answered', reply: { status, body, mac, signature } };
    } catch (error) {
      return { kind: sent ? 'unanswered' : 'unsent', reason: reasonOf(error) };
    }
  }

  async confirmPairing(
    interlink: PairedInterlink,
    signal: AbortSignal,
  ): ReturnType<PairingTransport['confirmPairing']> {
    const path = paths.confirmationOf(interlink.id);
    using deadline = new Deadline(pairingTimeoutMs, signal);
    const outcome = await this.#post(interlink, path, {}, deadline.signal);
    if (outcome.kind === 'failed') return { kind: 'unanswered', reason: outcome.reason };
    if (outcome.status === 200) return { kind: 'confirmed' };
    return outcome.status === 410
      ? { kind: 'gone' }
      : { kind: 'unanswered', reason: `status ${outcome.status}` };
  }

  async notify(interlink: PairedInterlink, notice: Notice, signal: AbortSignal): Promise<NoticeOutcome> {
    using deadline = new Deadline(requestTimeoutMs, signal);
    const outcome = await this.#post(interlink, paths.notices, notice, deadline.signal);
    if (outcome.kind === 'failed') return outcome;
    if (outcome.status === 200) return { kind: 'acknowledged' };
    return outcome.status === 410 ? { kind: 'gone' } : { kind: 'failed', reason: `status ${outcome.status}` };
  }

  async beginMediaTest(interlink: ActiveInterlink): ReturnType<MediaTestPeer['beginMediaTest']> {
    using deadline = new Deadline(requestTimeoutMs);
    const outcome = await this.#post(interlink, paths.mediaTests, {}, deadline.signal);
    if (outcome.kind === 'failed') return outcome;
    if (outcome.status === 404) return { kind: 'unsupported' };
    const answer = outcome.status === 200 ? readMediaTestAnswer(outcome.body) : undefined;
    if (answer === undefined) return { kind: 'failed', reason: `status ${outcome.status}` };
    return answer.status === 'busy' ? { kind: 'busy' } : { kind: 'ready', ticket: answer.ticket };
  }

  async reportMedia(interlink: ActiveInterlink, ticket: string): Promise<MediaFigures | undefined> {
    using deadline = new Deadline(requestTimeoutMs);
    const outcome = await this.#post(interlink, paths.mediaReports, { ticket }, deadline.signal);
    return outcome.kind === 'answered' && outcome.status === 200 ? readMediaReport(outcome.body) : undefined;
  }

  /** Closes the connections to the peer of an interlink that has ended. */
  async release(interlinkId: string): Promise<void> {
    await this.#connections.release(interlinkId);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #post(
    interlink: PairedInterlink,
    path: string,
    content: object,
    signal: AbortSignal,
  ): Promise<SignedOutcome> {
    const outcome = await this.#signed.post(interlink, path, content, signal);
    if (outcome.kind === 'answered' && outcome.status === 410) this.#onGone(interlink);
    return outcome;
  }
}

function headerOf({ headers: received }: RawResponse, name: string): string | undefined {
  const value = received[name];
  return typeof value === 'string' ? value : undefined;
}
