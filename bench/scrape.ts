import { monitorEventLoopDelay } from 'node:perf_hooks';
import Fastify from 'fastify';
import { addWatchRoutes } from '../src/admin/watch-routes.ts';
import type { CallRecord } from '../src/domain/call.ts';
import { activeInterlink } from '../src/domain/testing/samples.ts';
import { Metrics } from '../src/observability/metrics.ts';
import { median } from './statistics.ts';

const INTERLINKS = 1000;
const SCRAPES = 100;
const OUTCOMES = ['answered', 'busy', 'no-answer', 'cancelled'] as const;

/**
 * Shows what a scrape costs a service with 1,000 interlinks that all answer and have all had calls of four outcomes in
 * both directions: the time until the answer is there, over HTTP, and how long nothing else gets its turn meanwhile.
 */
const interlinks = Array.from({ length: INTERLINKS }, (_, index) => activeInterlink(`Office ${index}`));
const byId = new Map(interlinks.map((interlink) => [interlink.id, interlink]));
const signs = {
  since: 0,
  answeredAt: 1,
  misses: 0,
  heardAt: 1,
  missedBecause: undefined,
  gone: false,
  clockSkewMs: 12,
  protocolAhead: 0,
  trunk: 'up',
  peerTrunk: 'up',
  asteriskConnected: true,
} as const;
const metrics = new Metrics();
for (const { id } of interlinks) {
  for (const direction of ['in', 'out'] as const) {
    for (const outcome of OUTCOMES) metrics.callEnded({ interlinkId: id, direction } as CallRecord, outcome);
  }
}
const server = Fastify();
addWatchRoutes(server, {
  unready: async () => [],
  metrics: metrics.of({
    registry: { all: () => interlinks, find: (id) => byId.get(id) },
    health: { healthOf: () => ({ colour: 'green', reason: 'connected' }), signsOf: () => signs },
    recorder: { active: () => [] },
    settings: { state: { file: '', inForceSince: 0, refused: undefined, awaitingRestart: [] } },
    readiness: { check: async () => ({ asterisk: undefined, database: undefined }) },
    ami: { ready: true },
  }),
});
const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/metrics`;
const delays = monitorEventLoopDelay({ resolution: 1 });
const times: number[] = [];
let text = '';
const cpuBefore = process.cpuUsage();
for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
  if (scrape === SCRAPES / 10) delays.enable();
  const started = performance.now();
  text = await (await fetch(url)).text();
  times.push(performance.now() - started);
}
const cpu = process.cpuUsage(cpuBefore);
delays.disable();
await server.close();
const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
process.stdout.write(
  `${INTERLINKS} interlinks: ${series} series, ${(text.length / 1024).toFixed(0)} KB; ` +
    `median of ${SCRAPES} scrapes ${median(times).toFixed(1)} ms, ` +
    `${((cpu.user + cpu.system) / 1000 / SCRAPES).toFixed(1)} ms of processor each with the asking; ` +
    `nothing else has its turn for ${(delays.percentile(50) / 1e6).toFixed(1)} ms (median), ${(delays.max / 1e6).toFixed(1)} ms (longest).\n`,
);
