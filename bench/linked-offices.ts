import { claimAddress } from '../test/rig/addresses.ts';
import { linkInClear, linkOffices } from '../test/rig/linking.ts';
import { startOffice, type Office } from '../test/rig/office.ts';
import { logger, type Contender } from './contenders.ts';
import { called, nobodys, placeCalls, startPhone } from './load.ts';
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

/** One office with the caller, and one for each line that it is linked to. */
export async function startLinkedOffices(lines: readonly Line[]): Promise<LinkedOffices> {
  const [near, ...ends] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }], accounts: ['101'], pbx: { files: logger } }),
    ...lines.map(startFarOffice),
  ]);
  for (const { office, line } of ends) {
    if (line.plain === true) await linkInClear(near, office);
    else await linkOffices(near, office, '--trunk', line.protocol);
    await near.json('prefix', office.name, line.prefix);
  }
  return {
    contenders: ends.map(({ office, line }) => ({
      name: line.name,
      rttMs: 2 * line.delayMs,
      processes: {
        asterisk: [near.pbx.asterisk.pid, office.pbx.asterisk.pid],
        services: [near.service.pid, office.service.pid],
      },
      from: near.address,
      dialed: `${line.prefix}${called}`,
    })),
    dialNobody: async (count, perSecond) => {
      const calls = { from: near.address, dialed: nobodys, count, perSecond, unknown: true };
      return summarize((await placeCalls(calls)).ringing);
    },
    stop: async () => {
      await Promise.all([near.stop(), ...ends.map((end) => end.stop())]);
    },
  };
}

async function startFarOffice(
  line: Line,
): Promise<{ office: Office; line: Line; stop: () => Promise<void> }> {
  const relayed = line.delayMs === 0 ? undefined : await claimAddress();
  const office = await startOffice({
    name: `Office ${line.prefix}`,
    numbers: [{ number: called }],
    accounts: [called],
    ...(relayed && { outsideAddress: relayed.ip }),
    pbx: { files: logger },
  });
  const relay =
    relayed &&
    (await openRelay({
      address: relayed.ip,
      target: office.address,
      delayMs: line.delayMs,
      tcp: [5071, 8443],
      udp: [5071, 4569],
    }));
  const phone = await startPhone(office.address);
  return {
    office,
    line,
    stop: async () => {
      await phone.stop();
      await office.stop();
      relay?.close();
      relayed?.release();
    },
  };
}
