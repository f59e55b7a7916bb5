import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../src/domain/version.ts';
import { claimAddress } from '../rig/addresses.ts';
import { startMachine, type Machine } from '../rig/machine.ts';
import type { OfficePhone } from '../rig/office.ts';
import { pjsipConf } from '../rig/pbx.ts';
import { startPhone } from '../rig/phone.ts';
import { run } from '../rig/process.ts';
import { docBlock } from './blocks.ts';

/** A machine on which an admin has followed docs/setup.md up to a running service, in the office of Berlin. */
export interface Installed {
  readonly machine: Machine;
  readonly address: string;
  /** Phone 101, registered at the machine's Asterisk. */
  readonly phone: OfficePhone;
  /** Runs the block of the documents with this text in the folder with the archives. @returns what it printed */
  follow(block: string): Promise<string>;
  /** The `interlinks` command with `--json`. */
  json<T>(command: string): Promise<T>;
  stop(): Promise<void>;
}

const repository = join(import.meta.dirname, '../..');
const account = { number: '101', name: '101', password: 'phone' };

/** The archive that `make release` builds, in a folder. @returns its path without `.tar.gz` */
export async function buildRelease(folder: string): Promise<string> {
  await run(process.execPath, [join(repository, 'packaging/release.ts'), folder], { cwd: repository });
  return join(folder, `interlinks-${version}-linux-x64`);
}

/** Puts an archive and its checksum where root finds them. */
export async function bring(machine: Machine, archive: string): Promise<void> {
  await mkdir(join(machine.root, 'root'), { recursive: true });
  for (const file of [`${archive}.tar.gz`, `${archive}.tar.gz.sha256`]) {
    await copyFile(file, join(machine.root, 'root', file.slice(file.lastIndexOf('/') + 1)));
  }
}

/**
 * Follows docs/setup.md on a fresh machine, to its step 3, word by word but for the addresses: the machine shares its
 * loopback network with other systems, so that it listens on one address of its own where the document says all.
 */
export async function installAsDocumented(archive: string, tone: number): Promise<Installed> {
  const machine = await startMachine();
  const claimed = [await claimAddress(), await claimAddress()];
  const [address = '', phoneAddress = ''] = claimed.map(({ ip }) => ip);
  const follow = (block: string): Promise<string> => machine.run(`cd /root\n${block}`);
  const etc = join(machine.root, 'etc/asterisk');

  // What an admin has before.
  await writeFile(join(etc, 'modules.conf'), '[modules]\nautoload=yes\nnoload => chan_iax2.so\n');
  await writeFile(join(etc, 'pjsip.conf'), pjsipConf({ address, phones: [account] }));
  await bring(machine, archive);

  await follow(await docBlock('setup-unpack'));
  await writeFile(join(etc, 'extensions.conf'), dialplan(await docBlock('setup-phones')));
  await follow(await docBlock('setup-include'));
  const http = await docBlock('setup-http');
  await writeFile(join(etc, 'http.conf'), http.replace('127.0.0.1', address));
  const manager = (await docBlock('setup-manager')).replace('127.0.0.1', address);
  await writeFile(
    join(etc, 'manager.conf'),
    `${manager}\n${await readFile(join(etc, 'manager.conf'), 'utf8')}permit=${address}/255.255.255.255\n`,
  );
  await machine.run(
    `sed -i 's/^bind=0.0.0.0:/bind=${address}:/' /opt/interlinks/asterisk-config/pjsip-interlinks.conf`,
  );
  const settings = (await docBlock('setup-config'))
    .replace(
      "'https://pbx.berlin.example:8443'",
      `'https://${address}:8443', listen: '${address}:8443', allowLoopback: true`,
    )
    .replace('ari: {', `ari: { url: 'http://${address}:8088',`)
    .replace('ami: {', `ami: { host: '${address}',`);
  const whole = `${settings}admin: { listen: '${address}:8420' }\n`;
  await writeFile(join(machine.root, 'etc/interlinks/interlinks.yaml'), whole);
  await follow(await docBlock('setup-start'));
  const seen = await follow(await docBlock('setup-restart'));
  for (const sign of [/interlinks-tls +tls/, /'interlinks-patterns'/, /No +interlinks$/m]) {
    if (!sign.test(seen)) throw new Error(`Asterisk does not show ${String(sign)}: ${seen}`);
  }
  const phone = await startPhone({ address: phoneAddress, registrar: address, account, tone });

  return {
    machine,
    address,
    phone: Object.assign(phone, { tone }),
    follow,
    json: async <T>(command: string) => JSON.parse(await machine.run(`interlinks --json ${command}`)) as T,
    stop: async () => {
      await phone.stop();
      await machine.stop();
      for (const one of claimed) one.release();
    },
  };
}

/** The contexts that the document's excerpt refers to, empty. */
function dialplan(phones: string): string {
  return `${phones}\n[emergency]\n\n[outside-lines]\nexten => _X.,1,Hangup(1)\n\n`;
}
