import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { OwnCertificate } from '../../src/asterisk/own-certificate.ts';
import type { FindingView } from '../../src/admin/schema.ts';
import { claimAddress } from './addresses.ts';
import { startPbx, type Pbx } from './pbx.ts';
import { startProcess, type ProcessEnd } from './process.ts';
import { temporaryFolder } from './temp-folder.ts';

/** An office whose service does not run: a PBX and what an admin has prepared for the service. */
export interface UnservedOffice {
  readonly pbx: Pbx;
  readonly folder: string;
  readonly configFile: string;
  /** Runs `interlinks doctor`. */
  doctor(...args: readonly string[]): Promise<ProcessEnd>;
  /** What doctor finds wrong, and its exit code. */
  faults(): Promise<{ readonly code: number | null; readonly faults: readonly FindingView[] }>;
  /** Writes interlinks.yaml with these settings in place of the usual ones. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  stop(): Promise<void>;
}

const COMMAND = join(import.meta.dirname, '../../src/cli/interlinks');

/** Phones 101 and 102 with a number each, AMI with no more rights than needed, everything as the docs say. */
export async function startUnservedOffice(): Promise<UnservedOffice> {
  const address = await claimAddress();
  const folder = await temporaryFolder('unserved');
  const configFile = join(folder, 'interlinks.yaml');
  const dataDir = join(folder, 'data');
  const sharedFolder = join(dataDir, 'asterisk');
  await OwnCertificate.open(sharedFolder, 'berlin', [address.ip]);
  await mkdir(join(sharedFolder, 'peers'));
  await chmod(dataDir, 0o711);
  const pbx = await startPbx({
    address: address.ip,
    sharedFolder,
    phones: ['101', '102'].map((number) => ({ number, name: number, password: 'phone' })),
  });
  await writeFile(join(folder, 'ari.secret'), `${pbx.ariPassword}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'ami.secret'), `${pbx.ami.password}\n`, { mode: 0o600 });

  const configure: UnservedOffice['configure'] = async (settings) => {
    const usual = {
      system: { name: 'Berlin' },
      peer: { url: 'https://berlin.example:8443' },
      admin: { listen: `${address.ip}:8420` },
      asterisk: {
        ari: { url: pbx.ariUrl, username: pbx.ariUsername, passwordFile: 'ari.secret' },
        ami: { host: address.ip, passwordFile: 'ami.secret' },
      },
      trunk: { pjsip: { port: pbx.trunkPort, codecs: ['g722', 'alaw'] } },
      dataDir,
      numbers: ['101', '102'].map((number) => ({ number, ring: [`PJSIP/${number}`] })),
    };
    await writeFile(configFile, stringify({ ...usual, ...settings }, { defaultStringType: 'QUOTE_DOUBLE' }));
  };
  await configure({});

  const doctor: UnservedOffice['doctor'] = async (...args) =>
    (await startProcess(COMMAND, ['--config', configFile, ...args, 'doctor'])).ended;
  return {
    pbx,
    folder,
    configFile,
    doctor,
    faults: async () => {
      const { code, output } = await doctor('--json');
      const { findings } = JSON.parse(output) as { findings: readonly FindingView[] };
      return { code, faults: findings.filter(({ level }) => level === 'warning' || level === 'problem') };
    },
    configure,
    stop: async () => {
      await pbx.stop();
      address.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
