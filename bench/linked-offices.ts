import { claimAddress } from '../test/rig/addresses.ts';
import { linkInClear, linkOffices } from '../test/rig/linking.ts';
import { startOffice, type Office } from '../test/rig/office.ts';
import { logger, type Contender } from './contenders.ts';
import { called, nobodys, placeCalls, startPhone, type Phone } from './load.ts';
import { openRelay } from './relay.ts';
import { summarize, type Summary } from './statistics.ts';

/** How one office is reached from the caller's. */
export interface Line {
  readonly name: string;
  /** What the caller dials before the number. */
  readonly prefix: string;
  readonly protocol: 'pjsip' | 'iax2';
  /** Without encryption. */
  readonly plain?: boolean;
  /** Milliseconds each way; 0 without a relay. */
  readonly delayMs: number;
}

/** Offices that are joined by authorization key, as any admin does. */
export interface LinkedOffices {
  readonly contenders: readonly Contender[];
  /** Dials a number that nobody has. @returns milliseconds to 404 */
  dialNobody(count: number, perSecond: number): Promise<Summary>;
  stop(): Promise<void>;
}

/** Two offices for each line, one with the caller. */
export async function startLinkedOffices(lines: readonly Line[]): Promise<LinkedOffices> {
  const pairs = await Promise.all(lines.map(startPair));
  return {
    contenders: pairs.map(({ near, far, phone, line }) => ({
      name: line.name,
      rttMs: 2 * line.delayMs,
      processes: {
        asterisk: [near.pbx.asterisk.pid, far.pbx.asterisk.pid],
        services: [near.service.pid, far.service.pid],
        phones: [phone.pid],
      },
      from: near.address,
      dialed: `${line.prefix}${called}`,
    })),
    dialNobody: async (count, perSecond) => {
      const from = pairs[0]?.near.address ?? '';
      const calls = { from, dialed: nobodys, count, perSecond, unknown: true };
      return summarize((await placeCalls(calls)).ringing);
    },
    stop: async () => {
      await Promise.all(pairs.map((pair) => pair.stop()));
    },
  };
}

/**
 * The caller's office and that of the called phone, not linked yet.
 *
 * @param outsideAddress where the caller's office reaches the other one; left out: at its own address
 */
export async function startTwoOffices(outsideAddress?: string): Promise<readonly [Office, Office]> {
  return await Promise.all([startOne('Berlin', '101'), startOne('Lisbon', called, outsideAddress)]);
}

async function startOne(name: string, number: string, outsideAddress?: string): Promise<Office> {
  return await startOffice({
    name,
    numbers: [{ number }],
    accounts: [number],
    ...(outsideAddress !== undefined && { outsideAddress }),
    pbx: { files: logger },
  });
}

interface Pair {
  readonly line: Line;
  readonly near: Office;
  readonly far: Office;
  readonly phone: Phone;
  stop(): Promise<void>;
}

async function startPair(line: Line): Promise<Pair> {
  const relayed = line.delayMs === 0 ? undefined : await claimAddress();
  const [near, far] = await startTwoOffices(relayed?.ip);
  const relay =
    relayed &&
    (await openRelay({
      address: relayed.ip,
      target: far.address,
      delayMs: line.delayMs,
      tcp: [5071, 8443],
      udp: [5071, 4569],
    }));
  const phone = await startPhone(far.address);
  if (line.plain === true) await linkInClear(near, far);
  else await linkOffices(near, far, '--trunk', line.protocol);
  await near.json('prefix', far.name, line.prefix);
  return {
    line,
    near,
    far,
    phone,
    stop: async () => {
      await phone.stop();
      await Promise.all([near.stop(), far.stop()]);
      relay?.close();
      relayed?.release();
    },
  };
}
