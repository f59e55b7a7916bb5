import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { KeyedCertificate } from '../../src/domain/certificate.ts';
import { claimAddress } from './addresses.ts';
import type { Office } from './office.ts';

const ANSWER_MS = 3000;
const TLS_PORT = 5071;
const OPTIONS = [
  'OPTIONS sip:101@trunk SIP/2.0',
  'Via: SIP/2.0/TLS 127.0.0.1:5071;branch=z9hG4bK-rig',
  'From: <sip:stranger@trunk>;tag=rig',
  'To: <sip:101@trunk>',
  'Call-ID: rig',
  'CSeq: 1 OPTIONS',
  'Max-Forwards: 5',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

/** What an office's Asterisk shows on trunks, as only the office itself can. */
export async function trunkIdentity({ dataDir }: Office): Promise<KeyedCertificate> {
  const read = (kind: string): Promise<string> =>
    readFile(join(dataDir, 'asterisk', `trunk.${kind}`), 'utf8');
  return { certificate: await read('crt'), certificateKey: await read('key') };
}

/** Sends one SIP request to an office's TLS port. @returns the status line of the answer, or that there was none */
export async function askOverTls(office: Office, identity?: KeyedCertificate): Promise<string> {
  return await ask(
    connect({
      host: office.address,
      port: office.pbx.trunkPort,
      rejectUnauthorized: false,
      ...(identity && { cert: identity.certificate, key: identity.certificateKey }),
    }),
  );
}

/** The same without TLS. */
export async function askInClear({ address, pbx }: Office): Promise<string> {
  return await ask(connectTcp({ host: address, port: pbx.trunkPort }));
}

/** Listens for TLS at an address of its own, with an identity that no trunk is for. */
export async function listenOverTls(identity: KeyedCertificate): Promise<{ target: string; close(): void }> {
  const address = await claimAddress();
  const server = createServer({ cert: identity.certificate, key: identity.certificateKey });
  server.on('tlsClientError', () => undefined).listen({ host: address.ip, port: TLS_PORT });
  await once(server, 'listening');
  return {
    target: `sip:nobody@${address.ip}:${TLS_PORT};transport=tls`,
    close: () => {
      server.close();
      address.release();
    },
  };
}

async function ask(socket: ReturnType<typeof connectTcp>): Promise<string> {
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  socket.write(OPTIONS);
  try {
    const answer = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['nothing'])]);
    return String(answer[0]).split('\r\n')[0] ?? '';
  } catch {
    return 'nothing';
  } finally {
    socket.destroy();
  }
}
