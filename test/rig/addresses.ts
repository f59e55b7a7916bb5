import { createServer, type Server } from 'node:net';
import { RigError } from './rig-error.ts';

/** An address of the loopback network that no other part of the rig uses, in this process or another. */
export interface LoopbackAddress {
  /** For example `127.0.0.11`. */
  readonly ip: string;
  /** Lets others have the address. */
  release(): void;
}

/** Who listens here has the address; the claim ends with the process, however it ends. */
const CLAIM_PORT = 21_999;
const FIRST = 11;
const LAST = 250;

/**
 * Claims a loopback address of one's own, so that each PBX and phone can use the usual ports.
 *
 * @throws {RigError} when all are taken
 */
export async function claimAddress(): Promise<LoopbackAddress> {
  for (let host = FIRST; host <= LAST; host += 1) {
    const ip = `127.0.0.${host}`;
    const claim = await listen(ip, CLAIM_PORT).catch(() => undefined);
    if (claim !== undefined) {
      claim.unref();
      return {
        ip,
        release: () => {
          claim.close();
        },
      };
    }
  }
  throw new RigError('No loopback address is free', 'end other runs of the rig');
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      resolve(server);
    });
  });
}
