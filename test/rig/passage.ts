import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Office } from './office.ts';

const PASSAGE_PORT = 8444;

/** A TCP port in front of another one, through which nothing goes any more when it is cut. */
export interface Passage {
  /** As if every packet were dropped: nothing is refused, nothing arrives, connections included. */
  cut(): void;
  /** What was on its way goes on. */
  mend(): void;
  close(): void;
}

/** Opens a passage from one port of an address to another one. */
export async function openPassage(address: string, from: number, to: number): Promise<Passage> {
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let open = true;
  const forward = (near: Socket): void => {
    const far = connect({ host: address, port: to, allowHalfOpen: true });
    sockets.add(far);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => sockets.delete(far) && near.destroy());
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    sockets.add(near);
    near.on('close', () => sockets.delete(near));
    near.on('error', () => near.destroy());
    if (open) forward(near);
    else waiting.push(near);
  });
  server.listen({ host: address, port: from });
  await once(server, 'listening');
  return {
    cut: () => {
      open = false;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      open = true;
      for (const socket of sockets) socket.resume();
      for (const near of waiting.splice(0)) if (!near.destroyed) forward(near);
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Puts an office's port for linked systems behind a passage, before it is linked: the URL it gives leads there. */
export async function moveBehindPassage(office: Office): Promise<Passage> {
  const { address } = office;
  const passage = await openPassage(address, PASSAGE_PORT, 8443);
  const peer = {
    listen: `${address}:8443`,
    url: `https://${address}:${PASSAGE_PORT}`,
    allowLoopback: true,
  };
  await office.configure({ settings: { peer } });
  await office.service.stop();
  await office.startService();
  return passage;
}
