import { setTimeout as delay } from 'node:timers/promises';
import { linkOffices } from '../test/rig/linking.ts';
import type { Office } from '../test/rig/office.ts';
import { startTwoOffices } from './linked-offices.ts';
import { called, nobodys, placeCalls, startPhone } from './load.ts';
import { memoryMb, processorMs, type Usage } from './process-usage.ts';
import { startSimulatedPeers } from './simulated-peers.ts';
import { round, summarize, type Summary } from './statistics.ts';

const PER_SECOND = 4;
/** Directories, certificates and heartbeats of new peers come to rest meanwhile. */
const REST_MS = 10_000;
const POLL_MS = 100;

/** How much a system is linked to. */
export interface SystemSize {
  readonly interlinks: number;
  /** Of each peer. */
  readonly numbersEach: number;
}

/** A whole system of one size: service, Asterisk, and the peers' side of the protocol. */
export interface SystemFigures extends SystemSize {
  /** Milliseconds from the INVITE to 180, of a call to a number that one peer has. */
  readonly ringing: Summary;
  /** To 404, of a number that nobody has. */
  readonly nobody: Summary;
  /** Milliseconds of processor a second, without calls. */
  readonly idle: Usage;
  /** Resident. */
  readonly memoryMb: Usage;
  /** Milliseconds from the start of the service until it has looked at all trunks, and until all circles are green. */
  readonly startMs: number;
  readonly greenMs: number;
  /** Milliseconds from the end of a restart of Asterisk until it has all trunks. */
  readonly trunksMs: number;
}

/**
 * One office that is linked to more and more systems: to one whose phone rings, and to others that are simulated by one
 * process. Measures it at each size, in this order.
 */
export async function measureSystems(
  sizes: readonly SystemSize[],
  calls: number,
): Promise<readonly SystemFigures[]> {
  const [near, far] = await startTwoOffices();
  await linkOffices(near, far);
  const phone = await startPhone(far.address);
  const peers = await startSimulatedPeers(near, 1);
  try {
    const measured: SystemFigures[] = [];
    for (const size of sizes) {
      await peers.growTo(size.interlinks - 1);
      await peers.share(size.numbersEach);
      await delay(REST_MS);
      const figures = await measureAtRest(near, calls);
      const began = performance.now();
      await near.service.stop();
      await near.startService();
      const startMs = performance.now() - began;
      await peers.untilGreen(size.interlinks);
      const greenMs = performance.now() - began;
      await near.pbx.asterisk.restart();
      const booted = performance.now();
      while ((await trunksOf(near)) < size.interlinks) await delay(POLL_MS);
      const trunksMs = performance.now() - booted;
      await peers.untilGreen(size.interlinks);
      measured.push({
        ...size,
        ...figures,
        startMs: round(startMs),
        greenMs: round(greenMs),
        trunksMs: round(trunksMs),
      });
    }
    return measured;
  } finally {
    await phone.stop();
    await near.stop();
    await peers.stop();
    await far.stop();
  }
}

async function measureAtRest(
  near: Office,
  count: number,
): Promise<Pick<SystemFigures, 'ringing' | 'nobody' | 'idle' | 'memoryMb'>> {
  const pids = { asterisk: near.pbx.asterisk.pid, service: near.service.pid };
  const before = { asterisk: await processorMs([pids.asterisk]), service: await processorMs([pids.service]) };
  await delay(REST_MS);
  const perSecond = async (of: 'asterisk' | 'service'): Promise<number> =>
    round((((await processorMs([pids[of]])) - before[of]) / REST_MS) * 1000);
  const idle = { asterisk: await perSecond('asterisk'), service: await perSecond('service') };
  const calls = { from: near.address, count, perSecond: PER_SECOND };
  const { ringing, failed } = await placeCalls({ ...calls, dialed: called });
  if (failed > 0) throw new Error(`${failed} calls failed`);
  const nobody = await placeCalls({ ...calls, dialed: nobodys, unknown: true });
  return {
    ringing: summarize(ringing),
    nobody: summarize(nobody.ringing),
    idle,
    memoryMb: {
      asterisk: round(await memoryMb(pids.asterisk)),
      service: round(await memoryMb(pids.service)),
    },
  };
}

/** How many trunks Asterisk has. */
async function trunksOf({ pbx }: Office): Promise<number> {
  return new Set((await pbx.asterisk.cli('pjsip show aors')).match(/\bil-[0-9a-z]+/g)).size;
}
