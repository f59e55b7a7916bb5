import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimAddress } from './addresses.ts';
import { fetchTools } from './debian.ts';
import { startProcess, type RunningProcess } from './process.ts';
import { RigError } from './rig-error.ts';
import { temporaryFolder } from './temp-folder.ts';
import { within } from './wait.ts';

const SIPP_MS = 15_000;
const MISSING_ANSWER_MS = 4000;

export interface SipCredentials {
  readonly user: string;
  readonly password: string;
}

export interface SipRequest {
  readonly method: 'INVITE' | 'OPTIONS' | 'SUBSCRIBE' | 'MESSAGE' | 'REFER' | 'REGISTER' | 'PUBLISH';
  /** `127.0.0.11:5071` */
  readonly server: string;
  /** User part of the request URI, as it goes on the wire; empty for none. */
  readonly to: string;
  /** Who it says it is, in From. */
  readonly from: string;
  /** Left out: a challenge is the final answer. */
  readonly credentials?: SipCredentials;
  /** Header lines beside those that every request has. */
  readonly headers?: readonly string[];
  /** Whether an INVITE offers SRTP, with its key (RFC 4568), in the place of RTP. */
  readonly secureMedia?: boolean;
  /** Where it is sent from; left out: an address of its own. */
  readonly local?: { readonly ip: string; readonly port: number };
}

/** Statuses that may end a request, so that sipp goes on and acknowledges. */
const FINAL = [
  200, 202, 302, 400, 401, 403, 404, 405, 407, 410, 415, 416, 420, 423, 480, 481, 482, 484, 486, 488,
].concat([489, 500, 501, 503, 513, 600, 603, 604]);

const RTP = `v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 30000 RTP/AVP 8
a=rtpmap:8 PCMA/8000`;
const SRTP = `${RTP.replace('RTP/AVP', 'RTP/SAVP')}
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`;

export interface SipAnswer {
  /** Undefined when there was no answer within 4 s. */
  readonly status: number | undefined;
  /** Q.850 cause, from the header Reason (RFC 3326). */
  readonly cause: number | undefined;
}

/** Sends one request by sipp, as anybody could who reaches the port, and gives the final answer. */
export async function sipRequest(request: SipRequest): Promise<SipAnswer> {
  const messages = await runSipp(request, requestScenario(request));
  const status = [...messages.matchAll(/^SIP\/2\.0 (\d{3})/gm)]
    .map(([, code]) => Number(code))
    .findLast((code) => code >= 200);
  const [, reason] = /^Reason: Q\.850;cause=(\d+)/im.exec(messages) ?? [];
  return { status, cause: reason === undefined ? undefined : Number(reason) };
}

/** Runs one call of a scenario. @returns all messages that were sent and received */
async function runSipp(request: SipRequest, xml: string): Promise<string> {
  const { ip, port, release } = request.local ? { ...request.local, release: undefined } : await ownAddress();
  const folder = await temporaryFolder('sipp');
  const messages = join(folder, 'messages');
  try {
    await writeFile(join(folder, 'scenario.xml'), xml);
    const { user = '', password = '' } = request.credentials ?? {};
    const options = ['-i', ip, '-p', String(port), '-m', '1', '-nostdin', '-au', user, '-ap', password];
    // Asterisk may send two NOTIFY at once, and sipp would end the call at the second.
    const calm = ['-default_behaviors', 'none'];
    const log = ['-trace_msg', '-message_file', messages, '-recv_timeout', String(MISSING_ANSWER_MS)];
    const sipp = await startSipp(folder, [request.server, ...options, ...calm, ...log]);
    const ended = within(SIPP_MS, `sipp did not finish ${request.method}`, sipp.ended);
    await ended.finally(() => sipp.kill('SIGKILL'));
    return await readFile(messages, 'utf8');
  } finally {
    release?.();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What came of a transfer that the calling phone asked for. */
export interface SipTransfer {
  /** Whether Asterisk reported a failure (RFC 3515, NOTIFY): 404, or 503 when that overtakes it. */
  readonly refused: boolean;
  /** Whether the call was still there afterwards, so that the phone could hang it up. */
  readonly kept: boolean;
}

/**
 * Lets a phone call a number that is answered at once, and transfer the call without asking there first. Other than
 * baresip, it keeps its call when the transfer is refused.
 *
 * @param number account at the registrar; the password is that of every phone of the rig
 */
export async function callAndTransfer(
  registrar: string,
  number: string,
  dialed: string,
  to: string,
): Promise<SipTransfer> {
  const request = {
    method: 'INVITE',
    server: `${registrar}:5060`,
    to: dialed,
    from: number,
    credentials: { user: number, password: 'phone' },
  } as const;
  const messages = await runSipp(request, transferScenario(request, to));
  const reports = [...messages.matchAll(/^Content-Type: message\/sipfrag[^]*?^SIP\/2\.0 (\d{3})/gim)];
  const status = reports.map(([, code]) => Number(code)).find((code) => code >= 200) ?? 0;
  const afterBye = messages.slice(messages.indexOf('\nBYE '));
  const ended = /message received [^\n]*\s+BYE /.test(messages);
  return { refused: status >= 400, kept: !ended && /^SIP\/2\.0 200 [^]*?^CSeq: 4 BYE/m.test(afterBye) };
}

/** A phone that registers and redirects every call (302), as one does that its owner has set to forward. */
export interface RedirectingPhone {
  stop(): Promise<void>;
}

/**
 * @param number account at the registrar; the password is that of every phone of the rig
 * @param contact where calls are to go, such as `sip:301@127.0.0.11`
 */
export async function startRedirectingPhone(
  registrar: string,
  number: string,
  contact: string,
): Promise<RedirectingPhone> {
  const { ip, port, release } = await ownAddress();
  const { status } = await sipRequest({
    method: 'REGISTER',
    server: `${registrar}:5060`,
    to: '',
    from: number,
    credentials: { user: number, password: 'phone' },
    headers: [`Contact: <sip:${number}@${ip}:${port}>`, 'Expires: 600'],
    local: { ip, port },
  });
  if (status !== 200) throw new RigError(`phone ${number} cannot register: ${status}`, 'check the account');
  const folder = await temporaryFolder('sipp');
  await writeFile(join(folder, 'scenario.xml'), redirectScenario(contact));
  const sipp = await startSipp(folder, ['-i', ip, '-p', String(port), '-nostdin']);
  return {
    stop: async () => {
      await sipp.stop('SIGKILL');
      release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ownAddress(): Promise<{ ip: string; port: number; release: () => void }> {
  const address = await claimAddress();
  return { ip: address.ip, port: 5060, release: () => address.release() };
}

async function startSipp(folder: string, args: readonly string[]): Promise<RunningProcess> {
  const tools = await fetchTools('phones');
  return startProcess(tools.executable('sipp'), ['-sf', join(folder, 'scenario.xml'), ...args], {
    cwd: folder,
  });
}

function requestScenario(request: SipRequest): string {
  const { method } = request;
  const finals = FINAL.map((status) => `<recv response="${status}" optional="true" next="done"/>`);
  const provisional = [100, 180, 183].map((status) => `<recv response="${status}" optional="true"/>`);
  // sipp wants the last of a group to be mandatory; this one never comes.
  const never = '<recv response="699" next="done"/>';
  const answer = [...provisional, ...finals, never].join('\n');
  const challenge = '<recv response="401" auth="true"/>';
  const again =
    request.credentials === undefined ? '' : `${challenge}\n${acknowledge(request, 1)}${send(request, 2)}`;
  return scenario(
    `${send(request, 1)}${again}\n${answer}\n<label id="done"/>\n${
      method === 'INVITE'
        ? acknowledge(request, request.credentials === undefined ? 1 : 2)
        : '<pause milliseconds="1"/>'
    }`,
  );
}

function uriOf({ to }: SipRequest): string {
  return `sip:${to}${to === '' ? '' : '@'}[remote_ip]:[remote_port]`;
}

function send(request: SipRequest, cseq: number): string {
  const { method, from, headers = [], secureMedia = false } = request;
  const authentication = cseq > 1 ? ['[authentication]'] : [];
  const contact = headers.some((line) => line.startsWith('Contact:'))
    ? []
    : [`Contact: <sip:${from}@[local_ip]:[local_port]>`];
  const type = { INVITE: 'application/sdp', MESSAGE: 'text/plain' }[method as string];
  const body = { INVITE: secureMedia ? SRTP : RTP, MESSAGE: 'hello' }[method as string] ?? '';
  return message([
    `${method} ${uriOf(request)} SIP/2.0`,
    'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]',
    'Max-Forwards: 70',
    `From: <sip:${from}@[local_ip]>;tag=[call_number]`,
    `To: <${method === 'REGISTER' ? `sip:${from}@[remote_ip]` : uriOf(request)}>`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    ...contact,
    ...headers,
    ...authentication,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    'Content-Length: [len]',
    '',
    body,
  ]);
}

function acknowledge(request: SipRequest, cseq: number): string {
  if (request.method !== 'INVITE') return '';
  return message([
    `ACK ${uriOf(request)} SIP/2.0`,
    'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch-1]',
    'Max-Forwards: 70',
    '[last_From:]',
    '[last_To:]',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ACK`,
    'Content-Length: 0',
    '',
  ]);
}

function transferScenario(request: SipRequest, to: string): string {
  const inDialog = (method: string, cseq: number, headers: readonly string[]): string =>
    message([
      `${method} [next_url] SIP/2.0`,
      'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]',
      'Max-Forwards: 70',
      `From: <sip:${request.from}@[local_ip]>;tag=[call_number]`,
      `To: <${uriOf(request)}>[peer_tag_param]`,
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:${request.from}@[local_ip]:[local_port]>`,
      ...headers,
      'Content-Length: 0',
      '',
    ]);
  const notified = `<recv request="NOTIFY"/>
${message([
  'SIP/2.0 200 OK',
  '[last_Via:]',
  '[last_From:]',
  '[last_To:]',
  '[last_Call-ID:]',
  '[last_CSeq:]',
  'Content-Length: 0',
  '',
])}`;
  return scenario(`${send(request, 1)}
<recv response="401" auth="true"/>
${acknowledge(request, 1)}${send(request, 2)}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
${inDialog('ACK', 2, [])}
<pause milliseconds="200"/>
${inDialog('REFER', 3, [`Refer-To: <sip:${to}@[remote_ip]>`])}
<recv response="202"/>
${notified}${notified}
<pause milliseconds="500"/>
${inDialog('BYE', 4, [])}
<recv response="200"/>`);
}

function redirectScenario(contact: string): string {
  return scenario(`<recv request="INVITE"/>
${message([
  'SIP/2.0 302 Moved Temporarily',
  '[last_Via:]',
  '[last_From:]',
  '[last_To:];tag=[call_number]',
  '[last_Call-ID:]',
  '[last_CSeq:]',
  `Contact: <${contact}>`,
  'Content-Length: 0',
  '',
])}
<recv request="ACK"/>`);
}

function message(lines: readonly string[]): string {
  return `<send><![CDATA[\n${lines.join('\n')}\n]]></send>\n`;
}

function scenario(steps: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="interlinks">\n${steps}\n</scenario>\n`;
}
