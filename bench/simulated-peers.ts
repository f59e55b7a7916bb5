import { createServer, type Server } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { claimAddress } from '../test/rig/addresses.ts';
import type { Office } from '../test/rig/office.ts';
import { localNumber, numberPlan } from '../src/domain/testing/samples.ts';
import type { Interlink } from '../src/domain/interlink.ts';
import type { NumberPlan } from '../src/domain/number-plan.ts';
import { makeTrunkCertificate } from '../src/domain/trunk-certificate.ts';
import { TestSystem } from '../src/peer/testing/test-system.ts';

const FIRST_NUMBER = 300_000;
const POLL_MS = 200;
/** So often a key is entered that the office did not answer, because both had much to do. */
const TRIES = 10;
const TRY_AGAIN_MS = 1000;

const endOfRequest = '\r\n\r\n';
/** RFC 5626, 4.4.1: the answer to a double CRLF, with which Asterisk keeps a connection alive. */
const pong = '\r\n';

/** Systems in this process that are linked to one office as any other is: only their phones and calls are missing. */
export interface SimulatedPeers {
  /** Starts and links more, until there are so many. Resolves when all are green at the office. */
  growTo(count: number): Promise<void>;
  /** From now on each of them shares so many numbers, no two the same. Resolves when the office knows all of them. */
  share(each: number): Promise<void>;
  /** Resolves when the office shows so many green circles. */
  untilGreen(circles: number): Promise<void>;
  stop(): Promise<void>;
}

interface SimulatedPeer {
  readonly system: TestSystem;
  readonly trunk: Server;
  /** What it shares from now on. */
  share(plan: NumberPlan): Promise<void>;
}

/** @param others how many interlinks the office has beside these */
export async function startSimulatedPeers(office: Office, others: number): Promise<SimulatedPeers> {
  const address = await claimAddress();
  const api = await openApi(office);
  const peers: SimulatedPeer[] = [];
  const untilGreen = async (circles: number): Promise<void> => {
    for (;;) {
      const { interlinks } = await api<{ interlinks: readonly { health: { colour: string } }[] }>(
        'interlinks',
      );
      if (interlinks.filter(({ health }) => health.colour === 'green').length === circles) return;
      await delay(POLL_MS);
    }
  };
  return {
    growTo: async (count) => {
      while (peers.length < count) {
        const name = `Peer ${peers.length}`;
        const { key } = await api<{ key: string }>('keys', { name });
        peers.push(await startPeer({ name, address: address.ip, key, issuer: office.name }));
      }
      await untilGreen(others + count);
    },
    share: async (each) => {
      const news = String(Date.now());
      for (const [index, peer] of peers.entries()) {
        const first = FIRST_NUMBER + index * each;
        const numbers = Array.from({ length: each }, (_, of) => String(first + of));
        await peer.share(numberPlan(...numbers.map((number) => localNumber(number, { name: news }))));
      }
      for (;;) {
        const { numbers } = await api<{ numbers: readonly { name?: string }[] }>('remote-numbers');
        if (numbers.filter(({ name }) => name === news).length === each * peers.length) return;
        await delay(POLL_MS);
      }
    },
    untilGreen,
    stop: async () => {
      for (const { system, trunk } of peers) {
        trunk.close();
        await system[Symbol.asyncDispose]();
      }
      address.release();
    },
  };
}

async function startPeer({
  name,
  address,
  key,
  issuer,
}: Readonly<Record<'name' | 'address' | 'key' | 'issuer', string>>): Promise<SimulatedPeer> {
  let plan = numberPlan();
  const system = await TestSystem.start({ name, address, plan: () => plan });
  const { certificate, certificateKey } = makeTrunkCertificate(system.identity.id, [address]);
  const trunk = createServer({ cert: certificate, key: certificateKey }, (socket) => {
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      for (let end = text.indexOf(endOfRequest); end >= 0; end = text.indexOf(endOfRequest)) {
        socket.write(end === 0 ? pong : okFor(text.slice(0, end)));
        text = text.slice(end + endOfRequest.length);
      }
    });
  });
  const listening = Promise.withResolvers<void>();
  trunk.listen(0, address, listening.resolve);
  await listening.promise;
  const { port } = trunk.address() as { port: number };
  system.local.trunk = { kinds: ['pjsip'], host: address, ports: { pjsip: port }, certificate };
  const { id } = await link(system, issuer, key);
  system.health.start();
  system.health.asteriskConnectionChanged(true);
  system.health.trunkStateChanged(id, 'up');
  return {
    system,
    trunk,
    share: async (numbers) => {
      plan = numbers;
      await system.publisher.numbersChanged();
    },
  };
}

async function link(system: TestSystem, name: string, key: string): Promise<Interlink> {
  for (let tried = 1; ; tried += 1) {
    const linked = await system.redeemKey.redeem({ name, key });
    if (linked.ok) return linked.value;
    if (tried === TRIES || linked.failure.code !== 'peer-unreachable') throw new Error(linked.failure.code);
    await delay(TRY_AGAIN_MS);
  }
}

/** RFC 3261, 11.2: the answer to an OPTIONS request without a body. */
function okFor(request: string): string {
  const copied = request.split('\r\n').filter((line) => /^(?:via|from|to|call-id|cseq):/i.test(line));
  const tagged = copied.map((line) => (/^to:(?!.*;tag=)/i.test(line) ? `${line};tag=peer` : line));
  return ['SIP/2.0 200 OK', ...tagged, 'Content-Length: 0', '', ''].join('\r\n');
}

/** The office's admin API; with a body a POST. */
async function openApi(office: Office): Promise<<T>(path: string, body?: object) => Promise<T>> {
  const { output } = await office.interlinks('token', 'create', 'Peers', '--scope', 'write');
  const headers = { authorization: `Bearer ${output.trim()}`, 'content-type': 'application/json' };
  return async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`http://${office.address}:8420/api/v1/${path}`, {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
}
