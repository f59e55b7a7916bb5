import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimAddress } from '../test/rig/addresses.ts';
import { startAsterisk, type Asterisk } from '../test/rig/asterisk.ts';
import { pjsipConf } from '../test/rig/pbx.ts';
import { temporaryFolder } from '../test/rig/temp-folder.ts';
import { logger, type Contender, type Processes } from './contenders.ts';
import { startPhone } from './load.ts';
import { openRelay } from './relay.ts';

/** Systems as DUNDi names them. */
const NEAR_ID = '02:00:00:00:00:01';
const FAR_ID = '02:00:00:00:00:02';

/** What the others have too. */
const quiet = {
  'stasis.conf': `#include "${join(import.meta.dirname, '../asterisk-config/stasis-interlinks.conf')}"\n`,
} as const;

/** What somebody sets up who knows Asterisk well and joins two systems by hand. */
export interface StaticOffices {
  readonly contenders: readonly Contender[];
  stop(): Promise<void>;
}

/**
 * Two systems with static trunks: PJSIP and IAX2 with passwords both ways, and DUNDi over IAX2, which asks the other
 * system for every number (option b), or keeps what it said, or is asked by the dial plan itself (switch).
 *
 * @param delayMs each way between the two; 0 without a relay
 */
export async function startStaticOffices(delayMs: number): Promise<StaticOffices> {
  const [near, far, relay] = await Promise.all([claimAddress(), claimAddress(), claimAddress()]);
  const line =
    delayMs === 0
      ? undefined
      : await openRelay({
          address: relay.ip,
          target: far.ip,
          delayMs,
          tcp: [],
          udp: [5071, 4569, 4520],
        });
  const reached = line === undefined ? far.ip : relay.ip;
  const keys = { near: keyPair(), far: keyPair() };
  const [nearPbx, farPbx] = await Promise.all([
    startWithKeys(
      { 'near.key': keys.near.privateKey, 'far.pub': keys.far.publicKey },
      {
        'pjsip.conf': `${pjsipConf({ address: near.ip, phones: [account('101')] })}${trunk(near.ip, reached)}`,
        'iax.conf': iaxConf(near.ip, reached),
        'dundi.conf': `${dundiConf(near.ip, NEAR_ID)}
[${FAR_ID}]
model=symmetric
host=${reached}
inkey=far
outkey=near
include=offices
permit=offices
qualify=yes
`,
        'extensions.conf': `[phones]
exten => _91.,1,Dial(PJSIP/\${EXTEN:2}@far)
exten => _92.,1,Dial(IAX2/far/\${EXTEN:2})
exten => _93.,1,Dial(\${DUNDILOOKUP(\${EXTEN:2},offices,b)})
exten => _94.,1,Dial(\${DUNDILOOKUP(\${EXTEN:2},offices)})
exten => _95.,1,Goto(switched,\${EXTEN:2},1)

[switched]
switch => DUNDi/offices
`,
      },
    ),
    startWithKeys(
      { 'far.key': keys.far.privateKey, 'near.pub': keys.near.publicKey },
      {
        'pjsip.conf': `${pjsipConf({ address: far.ip, phones: [account('201')] })}${trunk(far.ip, near.ip)}`,
        'iax.conf': `${iaxConf(far.ip, near.ip)}
[dundi]
type=user
dbsecret=dundi/secret
context=trunk
disallow=all
allow=alaw
`,
        'dundi.conf': `${dundiConf(far.ip, FAR_ID)}
[mappings]
offices => trunk,0,IAX2,dundi:\${SECRET}@${reached}/\${NUMBER},nopartial

[${NEAR_ID}]
model=symmetric
host=${near.ip}
inkey=near
outkey=far
include=offices
permit=offices
`,
        'extensions.conf': '[trunk]\nexten => 201,1,Dial(${PJSIP_DIAL_CONTACTS(201)})\n',
      },
    ),
  ]);
  const phone = await startPhone(far.ip);
  const processes: Processes = { asterisk: [nearPbx.pid, farPbx.pid], services: [], phones: [phone.pid] };
  const contender = (name: string, dialed: string): Contender => ({
    name,
    rttMs: 2 * delayMs,
    processes,
    from: near.ip,
    dialed,
  });
  return {
    contenders: [
      contender('plain Dial, PJSIP', '91201'),
      contender('plain Dial, IAX2', '92201'),
      contender('DUNDi, asked each time', '93201'),
      contender('DUNDi, from its cache', '94201'),
      contender('DUNDi, switch', '95201'),
    ],
    stop: async () => {
      await Promise.all([nearPbx.stop(), farPbx.stop(), phone.stop()]);
      line?.close();
      for (const address of [near, far, relay]) address.release();
    },
  };
}

function account(number: string): { number: string; name: string; password: string } {
  return { number, name: number, password: 'phone' };
}

function keyPair(): { publicKey: string; privateKey: string } {
  // Other sizes are unknown to Asterisk (res_crypto).
  return generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

async function startWithKeys(
  keys: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Promise<Asterisk> {
  const directory = await temporaryFolder('static');
  const folder = join(directory, 'keys/keys');
  await mkdir(folder, { recursive: true });
  for (const [name, pem] of Object.entries(keys)) await writeFile(join(folder, name), pem, { mode: 0o600 });
  const asterisk = await startAsterisk({ directory, files: { ...logger, ...quiet, ...files } });
  return Object.assign(Object.create(asterisk) as Asterisk, {
    stop: async () => {
      await asterisk.stop();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

/** A transport for trunks beside that of the phones, as Interlinks has one, and the other system. */
function trunk(own: string, other: string): string {
  return `
[trunks-udp]
type=transport
protocol=udp
bind=${own}:5071

[far]
type=endpoint
transport=trunks-udp
context=trunk
aors=far
auth=far
outbound_auth=far
identify_by=username,auth_username
from_user=far
rewrite_contact=yes
disallow=all
allow=alaw
direct_media=no

[far]
type=auth
auth_type=userpass
username=far
password=a-long-shared-secret

[far]
type=aor
contact=sip:${other}:5071
qualify_frequency=4
`;
}

function iaxConf(own: string, other: string): string {
  return `[general]
bindaddr=${own}

[far]
type=friend
host=${other}
username=far
auth=md5
secret=a-long-shared-secret
requirecalltoken=yes
context=trunk
disallow=all
allow=alaw
`;
}

function dundiConf(own: string, id: string): string {
  return `[general]
bindaddr=${own}
port=4520
entityid=${id}
outgoing_sip_tech=sip
cachetime=3600
autokill=yes
`;
}
