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
/** With a key for its sound (RFC 4568), and without a ticket. */
const SDP = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 30000 RTP/SAVP 8
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}
`.replaceAll('\n', '\r\n');

export interface TrunkRequest {
  readonly method: 'OPTIONS' | 'INVITE';
  /** Who it says it is, in From. */
  readonly from: string;
}
const strangers: TrunkRequest = { method: 'OPTIONS', from: 'stranger' };

/** What an office's Asterisk shows on trunks, as only the office itself can. */
export async function trunkIdentity({ dataDir }: Office): Promise<KeyedCertificate> {
  const read = (kind: string): Promise<string> =>
    readFile(join(dataDir, 'asterisk', `trunk.${kind}`), 'utf8');
  return { certificate: await read('crt'), certificateKey: await read('key') };
}

/** Sends one SIP request to an office's TLS port. @returns the status line of the final answer, or that there was none */
export async function askOverTls(
  office: Office,
  identity?: KeyedCertificate,
  request: TrunkRequest = strangers,
): Promise<string> {
  return await ask(
    connect({
      host: office.address,
      port: office.pbx.trunkPort,
      rejectUnauthorized: false,
      ...(identity && { cert: identity.certificate, key: identity.certificateKey }),
    }),
    request,
  );
}

/** The same without TLS. */
export async function askInClear({ address, pbx }: Office): Promise<string> {
  return await ask(connectTcp({ host: address, port: pbx.trunkPort }), strangers);
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

async function ask(socket: ReturnType<typeof connectTcp>, request: TrunkRequest): Promise<string> {
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  socket.setEncoding('utf8').write(textOf(request));
  let answers = '';
  try {
    for await (const text of socket) {
      answers += String(text);
      const [final] = /^SIP\/2\.0 [2-6]\d\d [^\r]*/m.exec(answers) ?? [];
      if (final !== undefined) return final;
    }
  } catch {
    // Not let in.
  } finally {
    socket.destroy();
  }
  return 'nothing';
}

function textOf({ method, from }: TrunkRequest): string {
  const body = method === 'INVITE' ? SDP : '';
  return [
    `${method} sip:101@trunk SIP/2.0`,
    'Via: SIP/2.0/TLS 127.0.0.1:5071;branch=z9hG4bK-rig',
    `From: <sip:${from}@trunk>;tag=rig`,
    'To: <sip:101@trunk>',
    `Call-ID: rig-${method}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:rig@127.0.0.1:5071;transport=tls>',
    'Max-Forwards: 5',
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
