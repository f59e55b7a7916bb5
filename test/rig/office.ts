import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { claimAddress, type LoopbackAddress } from './addresses.ts';
import { startPbx, type Pbx, type PbxOptions } from './pbx.ts';
import { startPhone, type Phone, type PhoneCodec, type PhoneOptions } from './phone.ts';
import { startProcess, type ProcessEnd, type ProcessOptions, type RunningProcess } from './process.ts';
import { temporaryFolder } from './temp-folder.ts';

/** An internal number as `numbers:` in interlinks.yaml has it. */
export interface OfficeNumber {
  readonly number: string;
  readonly name?: string;
  readonly ring?: readonly string[];
  readonly timeout?: number;
  readonly noAnswer?: string;
  readonly private?: boolean;
  readonly dialplan?: string;
}

export interface OfficePhone extends Phone {
  /** Frequency in Hz of what the microphone hears. */
  readonly tone: number;
}

export interface OfficePhoneOptions extends Pick<PhoneOptions, 'tone'> {
  /** Left out: that of every phone of the rig. */
  readonly codec?: PhoneCodec | undefined;
  /** The account of another number, at which it registers beside that number's phone. */
  readonly account?: string | undefined;
}

export interface OfficeOptions {
  readonly name: string;
  readonly numbers: readonly OfficeNumber[];
  /** Numbers with a phone, and the frequency in Hz of what its microphone hears, or more about it. */
  readonly phones?: Readonly<Record<string, number | OfficePhoneOptions>>;
  /** Numbers whose phone the test brings itself: the PBX has an account for each, with the password "phone". */
  readonly accounts?: readonly string[];
  /** Settings of interlinks.yaml beside those the rig makes, by top-level key. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What each of its interlinks may carry; left out: more than any test asks for. */
  readonly limits?: { readonly calls: number; readonly perSecond: number };
  /** The address at which other offices reach it, when that is another one, as behind NAT. */
  readonly outsideAddress?: string;
  readonly pbx?: Partial<PbxOptions>;
  /** A data directory to begin with a copy of, as an admin does who restores a backup. */
  readonly data?: string;
  /** The `interlinks` command to use; left out: that of the sources. */
  readonly command?: string;
}

/** A company's office: a PBX, the service beside it, and phones. */
export interface Office {
  readonly name: string;
  /** Address of PBX and service: SIP 5060 and 5071, ARI 8088, peers 8443, admin API 8420. */
  readonly address: string;
  readonly pbx: Pbx;
  readonly configFile: string;
  readonly dataDir: string;
  /** The service that runs now. */
  readonly service: RunningProcess;
  /** Numbers that have a phone. */
  readonly phoneNumbers: readonly string[];
  /** The phone of a number, with the tone that its microphone hears. */
  phone(number: string): OfficePhone;
  /** Runs the `interlinks` command against this office. Never rejects for its exit code. */
  interlinks(...args: readonly string[]): Promise<ProcessEnd>;
  /** The same with `--json`, parsed. Throws when the command fails. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Writes interlinks.yaml anew with these settings and numbers in place of the old ones. */
  configure(change: {
    settings?: Readonly<Record<string, unknown>>;
    numbers?: readonly OfficeNumber[];
  }): Promise<void>;
  /** Starts the service again after it was stopped or killed; returns at the log line `until`, when it takes calls. */
  startService(until?: RegExp, env?: ProcessOptions['env']): Promise<RunningProcess>;
  /** Starts an `interlinks` command that goes on until it is stopped. */
  startCommand(...args: readonly string[]): Promise<RunningProcess>;
  stop(): Promise<void>;
}

const COMMAND = join(import.meta.dirname, '../../src/cli/interlinks');
/** Several times what it takes with a thousand interlinks beside as many simulated peers. */
const START_MS = 120_000;

/** Log line by which the service says that it takes calls, and that all trunks are as they should be. */
export const READY = /"msg":"ready for calls"/;

/** Starts an office; returns when its service takes calls and its phones are registered. */
export async function startOffice(options: OfficeOptions): Promise<Office> {
  const claimed: LoopbackAddress[] = [];
  const claim = async (): Promise<string> => {
    const address = await claimAddress();
    claimed.push(address);
    return address.ip;
  };
  const address = await claim();
  const folder = await temporaryFolder(options.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'));
  const configFile = join(folder, 'interlinks.yaml');
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  if (options.data !== undefined)
    await cp(options.data, dataDir, { recursive: true, preserveTimestamps: true });
  const wanted = Object.entries(options.phones ?? {}).map(([number, phone]) => {
    const more: OfficePhoneOptions = typeof phone === 'number' ? { tone: phone } : phone;
    return { number, tone: more.tone, codec: more.codec, account: more.account ?? number };
  });
  const accounts = [...new Set(wanted.map(({ account }) => account))].map((number) => ({
    number,
    name: number,
    password: 'phone',
    phones: wanted.filter(({ account }) => account === number).length,
  }));
  const others = (options.accounts ?? []).map((number) => ({ number, name: number, password: 'phone' }));
  const pbx = await startPbx({
    address,
    sharedFolder: join(dataDir, 'asterisk'),
    phones: [...accounts, ...others],
    ...(options.outsideAddress !== undefined && { outsideAddress: options.outsideAddress }),
    ...options.pbx,
  });
  await writeFile(join(folder, 'ari.secret'), `${pbx.ariPassword}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'ami.secret'), `${pbx.ami.password}\n`, { mode: 0o600 });

  let { settings = {}, numbers } = options;
  const configure: Office['configure'] = async (change) => {
    settings = change.settings ?? settings;
    numbers = change.numbers ?? numbers;
    const base = baseSettings(options, address, pbx, dataDir);
    await writeFile(
      configFile,
      stringify(
        { ...base, ...settings, numbers: numbers.map(quoted) },
        { defaultStringType: 'QUOTE_DOUBLE' },
      ),
    );
  };
  await configure({});

  const command = (args: readonly string[], env: ProcessOptions['env'] = {}): Promise<RunningProcess> =>
    startProcess(options.command ?? COMMAND, ['--config', configFile, ...args], { cwd: folder, env });
  const interlinks: Office['interlinks'] = async (...args) => (await command(args)).ended;
  let service = await command(['serve']);
  await ready(service);

  const phones = new Map<string, OfficePhone>();
  await Promise.all(
    wanted.map(async ({ number, account, tone, codec }) => {
      const phone = await startPhone({
        address: await claim(),
        registrar: address,
        account: { number: account, name: account, password: 'phone' },
        tone,
        ...(codec && { codec }),
      });
      phones.set(number, Object.assign(phone, { tone }));
    }),
  );

  return {
    name: options.name,
    address,
    pbx,
    configFile,
    dataDir,
    get service() {
      return service;
    },
    phoneNumbers: [...phones.keys()],
    phone: (number) => {
      const phone = phones.get(number);
      if (phone === undefined) throw new Error(`${options.name} has no phone ${number}`);
      return phone;
    },
    interlinks,
    json: async <T>(...args: readonly string[]) => {
      const { code, output } = await interlinks('--json', ...args);
      if (code !== 0) throw new Error(`interlinks ${args.join(' ')} failed: ${output}`);
      return JSON.parse(output) as T;
    },
    configure,
    startCommand: (...args) => command(args),
    startService: async (until = READY, env = {}) => {
      service = await command(['serve'], env);
      await (until === READY ? ready(service) : service.waitForLine(until, START_MS));
      return service;
    },
    stop: async () => {
      await Promise.all([...phones.values()].map((phone) => phone.stop()));
      await service.stop();
      await pbx.stop();
      for (const one of claimed) one.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How late the service may take calls again after Asterisk was restarted. */
const READY_AGAIN_MS = 15_000;

/** Restarts the Asterisk of an office beside its service; returns when that takes calls with it again. */
export async function restartAsterisk({ pbx, service }: Office): Promise<void> {
  const from = service.output().length;
  await pbx.asterisk.restart();
  await service.waitForLine(READY, READY_AGAIN_MS, from);
}

/** Calls are taken, and the dial plan knows which. */
async function ready(service: RunningProcess): Promise<void> {
  await service.waitForLine(READY, START_MS);
  await service.waitForLine(/"msg":"connected to AMI"/, START_MS);
}

function quoted(number: OfficeNumber): object {
  return number.dialplan === undefined ? { ring: [`PJSIP/${number.number}`], ...number } : number;
}

function baseSettings(
  { name, limits = { calls: 1000, perSecond: 1000 }, outsideAddress }: OfficeOptions,
  address: string,
  pbx: Pbx,
  dataDir: string,
): Readonly<Record<string, unknown>> {
  const outside = outsideAddress ?? address;
  return {
    system: { name },
    peer: { listen: `${address}:8443`, url: `https://${outside}:8443`, allowLoopback: true },
    admin: { listen: `${address}:8420` },
    asterisk: {
      ari: { url: pbx.ariUrl, username: pbx.ariUsername, passwordFile: 'ari.secret' },
      ami: { host: pbx.ami.host, port: pbx.ami.port, username: pbx.ami.username, passwordFile: 'ami.secret' },
    },
    trunk: {
      address: outside,
      protocols: ['pjsip', 'iax2'],
      pjsip: { port: pbx.trunkPort, codecs: ['g722', 'alaw', 'ulaw'] },
      limits,
    },
    dataDir,
  };
}
