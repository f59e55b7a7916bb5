import { join } from 'node:path';
import { Pool } from 'undici';
import { claimAddress } from '../test/rig/addresses.ts';
import { startProcess } from '../test/rig/process.ts';
import { activeOn, TestSystem } from '../src/peer/testing/test-system.ts';
import { processorMs } from './process-usage.ts';
import { round, summarize, type Summary } from './statistics.ts';

const AT_ONCE = 16;
const WARM_UP_MS = 1000;
const START_MS = 20_000;

/** Lookups by so many callers at once. */
export interface LookupFigures {
  readonly milliseconds: Summary;
  /** As fast as they came with all else that ran. */
  readonly perSecond: number;
  /** What one core of the answering system's processor would answer in a second. */
  readonly perSecondOfOneCore: number;
}

export interface LookupResults {
  readonly signed: LookupFigures;
  readonly unsigned: LookupFigures;
}

/** Asks a system in a process of its own, signed and unsigned in turns. @param ms for each of the two */
export async function measureLookups(ms: number, rounds: number): Promise<LookupResults> {
  const [theirs, ours] = await Promise.all([claimAddress(), claimAddress()]);
  const server = await startProcess(process.execPath, [
    join(import.meta.dirname, 'lookup-server.ts'),
    theirs.ip,
  ]);
  const berlin = await TestSystem.start({ name: 'Berlin', address: ours.ip });
  try {
    const { key, port } = JSON.parse(await server.waitForLine(/^\{/, START_MS)) as {
      key: string;
      port: number;
    };
    const linked = await berlin.redeemKey.redeem({ name: 'Lisbon', key });
    if (!linked.ok) throw new Error(linked.failure.message);
    const interlink = activeOn(berlin, linked.value.id);
    const caller = { number: '101', name: 'Reception' };
    const query = (): { number: string; callId: string; caller: typeof caller } => ({
      number: '201',
      callId: crypto.randomUUID(),
      caller,
    });
    await using pool = closing(
      new Pool(`https://${theirs.ip}:${port}`, {
        connections: AT_ONCE,
        connect: { rejectUnauthorized: false },
      }),
    );
    const ask = {
      signed: async () => {
        const answer = await berlin.client.ask(interlink, query(), AbortSignal.timeout(5000));
        if (answer?.status !== 'shared') throw new Error('a lookup was not answered');
      },
      unsigned: async () => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify(query());
        const answer = await pool.one.request({ path: '/lookups', method: 'POST', headers, body });
        await answer.body.json();
      },
    };
    const samples = { signed: new Sample(), unsigned: new Sample() };
    for (const name of ['signed', 'unsigned'] as const)
      await new Sample().take(ask[name], WARM_UP_MS, server.pid);
    for (let done = 0; done < rounds; done += 1) {
      for (const name of ['signed', 'unsigned'] as const) {
        await samples[name].take(ask[name], ms / rounds, server.pid);
      }
    }
    return { signed: samples.signed.figures(), unsigned: samples.unsigned.figures() };
  } finally {
    await server.stop();
    await berlin[Symbol.asyncDispose]();
    for (const address of [theirs, ours]) address.release();
  }
}

class Sample {
  readonly #times: number[] = [];
  #wall = 0;
  #processor = 0;

  async take(ask: () => Promise<void>, ms: number, pid: number): Promise<void> {
    const processor = await processorMs([pid]);
    const began = performance.now();
    const loop = async (): Promise<void> => {
      while (performance.now() - began < ms) {
        const asked = performance.now();
        await ask();
        this.#times.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, loop));
    this.#wall += performance.now() - began;
    this.#processor += (await processorMs([pid])) - processor;
  }

  figures(): LookupFigures {
    const { length } = this.#times;
    return {
      milliseconds: summarize(this.#times),
      perSecond: round((length / this.#wall) * 1000),
      perSecondOfOneCore: round((length / this.#processor) * 1000),
    };
  }
}

function closing(one: Pool): AsyncDisposable & { readonly one: Pool } {
  return { one, [Symbol.asyncDispose]: async () => await one.destroy() };
}
