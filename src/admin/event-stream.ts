import type { FastifyInstance } from 'fastify';
import type { AccessControl } from '../access/access-control.ts';
import { isOver, type AccessToken } from '../access/access-token.ts';
import type { EventHub, Published } from '../domain/event-hub.ts';
import type { SystemEvent, WatchedInterlink } from '../domain/system-event.ts';
import type { Described } from './operation.ts';
import { event, type EventView, type System } from './schema.ts';
import { viewEvent, viewReset } from './views.ts';

/** A comment so often keeps proxies and dead connections from going unnoticed; an expired token is noticed then. */
const heartbeatMs = 10_000;
/** A client that reads so much slower than things happen is let go; it comes back and goes on where it was. */
const maxUnreadBytes = 4 * 1024 * 1024;

/** What OpenAPI says of the stream. */
export const eventsDescription: Described<unknown, unknown, unknown, unknown> = {
  method: 'GET',
  path: '/events',
  summary: 'Changes as they happen, as server-sent events; Last-Event-ID continues after an event',
  answer: event,
  contentType: 'text/event-stream',
};

interface OpenStream {
  /** Which it was opened with. */
  readonly token: AccessToken | undefined;
  readonly end: () => void;
}

export interface EventStreamDeps {
  readonly access: Pick<AccessControl, 'onRevoked'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: EventHub<SystemEvent>;
  readonly system: () => System;
  readonly interlinks: () => readonly WatchedInterlink[];
}

/**
 * Adds `GET /api/v1/events`: server-sent events (HTML standard, section 9.2) with ids. A client that comes back with
 * `Last-Event-ID` gets what it missed; one that is new, or missed more than is kept, gets a `reset` with everything.
 */
export function addEventStream(server: FastifyInstance, deps: EventStreamDeps): void {
  const open = new Set<OpenStream>();
  const texts = new WeakMap<Published<SystemEvent>, string>();
  /** The same text for all streams. */
  const textOf = (published: Published<SystemEvent>): string => {
    const text = texts.get(published) ?? framed(deps, published);
    texts.set(published, text);
    return text;
  };

  server.get('/api/v1/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    const token = request.actor?.token;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const lastId = request.headers['last-event-id'];
    for (const text of missed(deps, typeof lastId === 'string' ? lastId : undefined)) raw.write(text);
    const unsubscribe = deps.events.subscribe((published) => {
      if (raw.writableLength > maxUnreadBytes) raw.destroy();
      else raw.write(textOf(published));
    });
    const heartbeat = setInterval(() => {
      if (token !== undefined && isOver(token, deps.now())) end();
      else raw.write(':\n\n');
    }, heartbeatMs);
    const leave = (): void => {
      clearInterval(heartbeat);
      unsubscribe();
      open.delete(stream);
    };
    const end = (): void => {
      // Not when it closes: as long as the client does not read, it does not.
      leave();
      raw.end();
    };
    const stream: OpenStream = { token, end };
    open.add(stream);
    raw.once('close', leave);
    raw.on('error', () => raw.destroy());
  });

  const stop = deps.access.onRevoked((id) => {
    for (const { token, end } of open) if (token?.id === id) end();
  });
  server.addHook('preClose', (done) => {
    stop();
    for (const { end } of open) end();
    done();
  });
}

function missed(deps: EventStreamDeps, lastId: string | undefined): readonly string[] {
  const { events, now, system, interlinks } = deps;
  const kept = lastId === undefined ? undefined : events.since(lastId);
  if (kept !== undefined) return kept.map((published) => framed(deps, published));
  return [frame(events.lastId, viewReset(now(), system(), interlinks()))];
}

function framed({ system }: EventStreamDeps, published: Published<SystemEvent>): string {
  return frame(published.id, viewEvent(published, system));
}

function frame(id: string, view: EventView): string {
  return `id: ${id}\nevent: ${view.type}\ndata: ${JSON.stringify(view)}\n\n`;
}
