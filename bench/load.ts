import { glob, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claimAddress } from '../test/rig/addresses.ts';
import { fetchTools } from '../test/rig/debian.ts';
import { startProcess, type RunningProcess } from '../test/rig/process.ts';
import { RigError } from '../test/rig/rig-error.ts';
import { sipRequest } from '../test/rig/sipp.ts';
import { temporaryFolder } from '../test/rig/temp-folder.ts';

/** The number of the phone that takes calls, and one that nobody has. */
export const called = '201';
export const nobodys = '299';

/** Calls that do not end by themselves are given up so long after the last one began. */
const OVERTIME_MS = 20_000;
/** Longer than any run. */
const REGISTERED_S = 7200;
/** What the called phone waits between 180 and 200, see phone.xml. */
const RINGING_MS = 100;

export interface Calls {
  /** Address of the PBX whose phone 101 places them. */
  readonly from: string;
  readonly dialed: string;
  readonly count: number;
  /** So many are begun a second, whether earlier ones have been answered or not. */
  readonly perSecond: number;
  /** The number is nobody's: what counts as ringing is 404, and nothing is answered. */
  readonly unknown?: boolean;
  /** Has sipp write down what it did not expect, which takes time where much fails. */
  readonly explain?: boolean;
}

/** Milliseconds after the INVITE that has the password, of each call that came so far. */
export interface Placed {
  readonly ringing: readonly number[];
  /** Less the time for which the called phone rings. */
  readonly answered: readonly number[];
  /** Calls that were not answered, or did not end as they should. */
  readonly failed: number;
  /** What sipp did not expect; empty when it was not asked to explain. */
  readonly reasons: string;
}

/** Places calls by sipp, and waits until all have ended. */
export async function placeCalls({
  from,
  dialed,
  count,
  perSecond,
  unknown = false,
  explain = false,
}: Calls): Promise<Placed> {
  const address = await claimAddress();
  const folder = await temporaryFolder('load');
  try {
    const sipp = await startSipp(folder, unknown ? 'caller-unknown.xml' : 'caller.xml', address.ip, [
      `${from}:5060`,
      ...optionsOf({ s: dialed, au: '101', ap: 'phone', m: count, r: perSecond, l: count, rtt_freq: 1 }),
      '-trace_rtt',
      ...(explain ? ['-trace_err'] : []),
    ]);
    const late = setTimeout(() => sipp.kill('SIGKILL'), (count / perSecond) * 1000 + OVERTIME_MS);
    const { code, output } = await sipp.ended;
    clearTimeout(late);
    const [ended = '0'] = [...output.matchAll(/Successful call +\| +\d+ +\| +(\d+)/g)].map(([, sum]) => sum);
    const times = await readTimes(folder);
    return {
      ringing: times.filter(({ timer }) => timer === 1).map(({ ms }) => ms),
      answered: times.filter(({ timer }) => timer === 2).map(({ ms }) => ms - RINGING_MS),
      failed: code === 0 ? 0 : count - Number(ended),
      reasons: await readOf(folder, '*_errors.log'),
    };
  } finally {
    address.release();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A phone that answers any number of calls at once. */
export interface Phone {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the phone that is called at a PBX, with the password that all phones have. */
export async function startPhone(registrar: string): Promise<Phone> {
  const address = await claimAddress();
  const folder = await temporaryFolder('load');
  const { status } = await sipRequest({
    method: 'REGISTER',
    server: `${registrar}:5060`,
    to: '',
    from: called,
    credentials: { user: called, password: 'phone' },
    headers: [`Contact: <sip:${called}@${address.ip}:5060>`, `Expires: ${REGISTERED_S}`],
    local: { ip: address.ip, port: 5060 },
  });
  if (status !== 200) throw new RigError(`phone ${called} cannot register: ${status}`, 'check the account');
  const sipp = await startSipp(folder, 'phone.xml', address.ip, []);
  return {
    pid: sipp.pid,
    stop: async () => {
      await sipp.stop('SIGKILL');
      address.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSipp(
  folder: string,
  scenario: string,
  ip: string,
  args: readonly string[],
): Promise<RunningProcess> {
  const tools = await fetchTools('phones');
  const common = ['-sf', join(import.meta.dirname, scenario), '-i', ip, '-p', '5060', '-nostdin'];
  return await startProcess(tools.executable('sipp'), [...args, ...common], { cwd: folder });
}

function optionsOf(values: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [`-${name}`, String(value)]);
}

async function readTimes(folder: string): Promise<readonly { timer: number; ms: number }[]> {
  const [, ...rows] = (await readOf(folder, '*_rtt.csv')).trim().split('\n');
  return rows.map((row) => {
    const [, ms, timer] = row.split(';').map(Number);
    return { timer: timer ?? 0, ms: ms ?? Number.NaN };
  });
}

/** What is in the one file of this name that sipp has written; empty when it has not. */
async function readOf(folder: string, pattern: string): Promise<string> {
  const [file] = await Array.fromAsync(glob(pattern, { cwd: folder }));
  return file === undefined ? '' : await readFile(join(folder, file), 'utf8');
}
