import { once } from 'node:events';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What stands in front of another address and passes on what comes to the same ports, later. */
export interface Relay {
  close(): void;
}

export interface RelayOptions {
  readonly address: string;
  readonly target: string;
  /** Each way. */
  readonly delayMs: number;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

/** Stands for a long line between two systems: whatever the protocol, each packet takes the same time longer. */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const tcp = await Promise.all(options.tcp.map((port) => relayTcp(options, port)));
  const udp = await Promise.all(options.udp.map((port) => relayUdp(options, port)));
  return {
    close: () => {
      for (const each of [...tcp, ...udp]) each.close();
    },
  };
}

/** The handshake of TCP is the machine's own and takes no time; what is said over the connection does. */
async function relayTcp({ address, target, delayMs }: RelayOptions, port: number): Promise<Server> {
  const pass = (from: Socket, to: Socket): void => {
    from.setNoDelay(true);
    from.on('data', (chunk) => void setTimeout(() => to.write(chunk), delayMs));
    from.on('end', () => void setTimeout(() => to.end(), delayMs));
    from.on('error', () => to.destroy());
    from.on('close', () => void setTimeout(() => to.destroy(), delayMs));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: target, port, allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
    far.unref();
    near.unref();
  });
  server.listen({ host: address, port });
  await once(server, 'listening');
  return server.unref();
}

async function relayUdp({ address, target, delayMs }: RelayOptions, port: number): Promise<UdpSocket> {
  const outside = createSocket('udp4');
  const inside = new Map<string, UdpSocket>();
  outside.on('message', (packet, from) => {
    const name = `${from.address}:${from.port}`;
    let socket = inside.get(name);
    if (socket === undefined) {
      socket = createSocket('udp4').unref();
      socket.on('message', (answer) => {
        setTimeout(() => outside.send(answer, from.port, from.address), delayMs);
      });
      socket.bind(0, address);
      inside.set(name, socket);
    }
    const known = socket;
    setTimeout(() => known.send(packet, port, target), delayMs);
  });
  outside.bind(port, address);
  await once(outside, 'listening');
  return outside.unref();
}
