import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startAsterisk, type Asterisk, type AsteriskVersion } from './asterisk.ts';
import { RigError } from './rig-error.ts';

/** A desk phone as the PBX knows it: the name of its endpoint, AOR and user is its number. */
export interface PhoneAccount {
  readonly number: string;
  readonly name: string;
  readonly password: string;
  /** How many phones may use it at once; left out: one. */
  readonly phones?: number;
}

export interface PbxOptions {
  /**
   * The loopback address everything listens on: phones at 5060, trunks at 5071 and 4569 (IAX2), ARI at 8088, AMI at
   * 5038.
   */
  readonly address: string;
  /** What it shares with the service: `asterisk` in the service's data directory. */
  readonly sharedFolder: string;
  readonly phones: readonly PhoneAccount[];
  /** Context of the phones; left out: `phones`. */
  readonly context?: string;
  /** The admin's own lines of the phones' context, such as `exten => 600,1,Echo()`; they come first. */
  readonly extensions?: string;
  /** Lines of the context `outbound`, the outside line, which comes last. Left out: every number is unknown there. */
  readonly outbound?: string;
  readonly ariPassword?: string;
  readonly amiPassword?: string;
  readonly version?: AsteriskVersion;
  /** The address at which others reach its trunks, when that is another one, as behind NAT. */
  readonly outsideAddress?: string;
  /** More configuration files, or other ones in place of those made here. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Where AMI is, and the account that Interlinks has there. */
export interface AmiAccount {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** An office PBX with everything an admin sets up for Interlinks. */
export interface Pbx {
  readonly asterisk: Asterisk;
  readonly address: string;
  /** For example `http://127.0.0.11:8088`. */
  readonly ariUrl: string;
  readonly ariUsername: string;
  readonly ariPassword: string;
  readonly ami: AmiAccount;
  /** Port of the transport for trunks. */
  readonly trunkPort: number;
  stop(): Promise<void>;
}

const REPOSITORY = join(import.meta.dirname, '../..');
const ARI_PORT = 8088;
const AMI_PORT = 5038;
const TRUNK_PORT = 5071;

/**
 * Starts a small office PBX, made of the fragments that Interlinks ships in `asterisk-config` and `dialplan`.
 *
 * @throws {RigError} when it does not boot, or a fragment lacks the value that the rig has to replace
 */
export async function startPbx(options: PbxOptions): Promise<Pbx> {
  const { address, outsideAddress, ariPassword = 'ari-secret', amiPassword = 'ami-secret' } = options;
  const outside =
    outsideAddress === undefined
      ? ''
      : `external_signaling_address=${outsideAddress}\nlocal_net=192.0.2.0/24\n`;
  const transports = await fragment('pjsip-interlinks.conf', 'bind=0.0.0.0', `${outside}bind=${address}`);
  const trunks = transports.replaceAll('/var/lib/interlinks/asterisk', options.sharedFolder);
  const iax = await fragment('iax-interlinks.conf', '/var/lib/interlinks/asterisk', options.sharedFolder);
  const account = await fragment('ari-interlinks.conf', 'CHANGE-ME', ariPassword);
  const asterisk = await startAsterisk({
    ...(options.version && { version: options.version }),
    files: {
      'pjsip.conf': `${pjsipConf(options)}\n${trunks}`,
      'iax.conf': `[general]\nbindaddr=${address}\n${iax}`,
      'sorcery.conf': include('asterisk-config/sorcery-interlinks.conf'),
      'stasis.conf': include('asterisk-config/stasis-interlinks.conf'),
      'extensions.conf': extensionsConf(options),
      'http.conf': await fragment('http-interlinks.conf', 'bindaddr=127.0.0.1', `bindaddr=${address}`),
      'manager.conf': await managerConf(address, amiPassword),
      'ari.conf': `[general]\nenabled=yes\n${account}`,
      ...options.files,
    },
  });
  return {
    asterisk,
    address,
    ariUrl: `http://${address}:${ARI_PORT}`,
    ariUsername: 'interlinks',
    ariPassword,
    ami: { host: address, port: AMI_PORT, username: 'interlinks', password: amiPassword },
    trunkPort: TRUNK_PORT,
    stop: () => asterisk.stop(),
  };
}

/** Reads a fragment from `asterisk-config` with one value replaced, as its comments tell the admin to do. */
async function fragment(name: string, placeholder: string, value: string): Promise<string> {
  const text = await readFile(join(REPOSITORY, 'asterisk-config', name), 'utf8');
  if (!text.includes(placeholder))
    throw new RigError(`${name} has no ${placeholder}`, 'keep pbx.ts in step with it');
  return text.replaceAll(placeholder, value);
}

async function managerConf(address: string, password: string): Promise<string> {
  const account = await fragment('manager-interlinks.conf', 'CHANGE-ME', password);
  const permit = `permit=${address}/255.255.255.255`;
  return `[general]\nenabled=yes\nbindaddr=${address}\nport=${AMI_PORT}\n\n${account}\n${permit}\n`;
}

function include(path: string): string {
  return `#include "${join(REPOSITORY, path)}"\n`;
}

/** The file `pjsip.conf` of an office: a transport on port 5060 and its phones. */
export function pjsipConf({
  address,
  phones,
  context = 'phones',
}: Pick<PbxOptions, 'address' | 'phones' | 'context'>): string {
  const sections = phones.map(
    ({ number, name, password, phones: count = 1 }) => `
[${number}]
type=endpoint
context=${context}
aors=${number}
auth=${number}
callerid="${name}" <${number}>
disallow=all
allow=g722,alaw,ulaw
direct_media=no
media_address=${address}
bind_rtp_to_media_address=yes
redirect_method=user

[${number}]
type=auth
auth_type=userpass
username=${number}
password=${password}

[${number}]
type=aor
max_contacts=${count}
remove_existing=yes
`,
  );
  return `[phones-udp]\ntype=transport\nprotocol=udp\nbind=${address}:5060\n${sections.join('')}`;
}

function extensionsConf({
  extensions = '',
  outbound = 'exten => _[0-9*#]!,1,Hangup(1)',
}: PbxOptions): string {
  return `[phones]
${extensions}
include => interlinks
include => outbound

[outbound]
${outbound}

${include('dialplan/interlinks.conf')}`;
}
