import type { Server, Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections at once of who has not proved to be a linked system. */
  readonly unproved: number;
  /** Connections at once of one linked system over one interlink. */
  readonly perInterlink: number;
}

/**
 * Keeps the number of connections within bounds. When there is one too many, the one that has been there for the
 * longest time ends: whoever fills a server with connections that say nothing loses these, and nobody else's.
 */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #sockets = new Map<string, Socket>();
  readonly #unproved = new Set<string>();
  readonly #proved = new Map<string, Set<string>>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Follows all connections of a server, from before their TLS handshake. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  /** A linked system has spoken. @param connection the socket, or the TLS socket on top of it */
  proved(connection: Socket, interlinkId: string): void {
    const key = keyOf(connection);
    if (!this.#unproved.delete(key)) return;
    const group = this.#proved.get(interlinkId) ?? new Set();
    this.#proved.set(interlinkId, group);
    this.#add(group, key, this.#limits.perInterlink);
  }

  #opened(socket: Socket): void {
    const key = keyOf(socket);
    this.#sockets.set(key, socket);
    socket.once('close', () => this.#closed(key));
    this.#add(this.#unproved, key, this.#limits.unproved);
  }

  #add(group: Set<string>, key: string, limit: number): void {
    group.add(key);
    if (group.size <= limit) return;
    const [oldest = ''] = group;
    group.delete(oldest);
    this.#sockets.get(oldest)?.destroy();
  }

  #closed(key: string): void {
    this.#sockets.delete(key);
    this.#unproved.delete(key);
    for (const [id, group] of this.#proved) {
      if (group.delete(key) && group.size === 0) this.#proved.delete(id);
    }
  }
}

/** A TLS socket has the addresses of the one below it. */
function keyOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
