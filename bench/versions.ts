import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCalls } from './calls.ts';
import type { startLinkedOffices } from './linked-offices.ts';
import { startStaticOffices } from './static-offices.ts';

/**
 * `node bench/versions.ts [options] FOLDER…`: calls over TLS, or with `--trunk iax2` over IAX2, by the versions in these
 * folders (`git worktree add`, then `make page` there), in turns with each other and with a plain `Dial` over the same
 * kind of trunk. Prints what a call took.
 */
const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '6' },
    calls: { type: 'string', default: '100' },
    rate: { type: 'string', default: '10' },
    rest: { type: 'string', default: '0' },
    settle: { type: 'string', default: '8' },
    warm: { type: 'string', default: '600' },
    trunk: { type: 'string', default: 'pjsip' },
  },
  allowPositionals: true,
});

const protocol = values.trunk;
if (protocol !== 'pjsip' && protocol !== 'iax2') throw new Error('--trunk is pjsip or iax2');
const statics = await startStaticOffices(0);
const linked = await Promise.all(
  positionals.map(async (folder, index) => {
    const file = join(resolve(folder), 'bench/linked-offices.ts');
    const version = (await import(file)) as { readonly startLinkedOffices: typeof startLinkedOffices };
    return await version.startLinkedOffices([{ name: folder, prefix: `7${index}`, protocol, delayMs: 0 }]);
  }),
);
const [pjsip, iax2] = statics.contenders;
const plain = protocol === 'iax2' ? iax2 : pjsip;
if (plain === undefined) throw new Error('there is no plain Dial');
const figures = await measureCalls([plain, ...linked.flatMap(({ contenders }) => contenders)], {
  rounds: Number(values.rounds),
  pauseMs: Number(values.rest) * 1000,
  settleMs: Number(values.settle) * 1000,
  leadIn: 12,
  calls: Number(values.calls),
  perSecond: Number(values.rate),
  warmUp: { count: Number(values.warm), perSecond: 30 },
  idleMs: 30_000,
});
await Promise.all([statics, ...linked].map((offices) => offices.stop()));

const [{ asterisk: base } = { asterisk: Number.NaN }] = figures.map(({ processor }) => processor);
process.stdout.write('180 (median, ms)  CPU a call (ms): Asterisk  service  of plain  failed\n');
for (const { name, ringing, processor, failed } of figures) {
  const { asterisk, service } = processor;
  const columns = [ringing.median.toFixed(1), asterisk.toFixed(1), service.toFixed(1)];
  const ratio = ((asterisk + service) / base).toFixed(2);
  process.stdout.write(
    `${columns.map((column) => column.padStart(8)).join('')}${`${ratio} ×`.padStart(9)}${String(failed).padStart(4)}  ${name}\n`,
  );
}
