import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import type { CallFigures } from './calls.ts';
import type { GrowthFigures } from './growth.ts';
import type { HourFigures } from './hour.ts';
import type { LookupResults } from './lookups.ts';
import type { Ratios } from './ratios.ts';
import type { HeldRate } from './rates.ts';
import type { SystemFigures } from './systems.ts';
import type { Results } from './results.ts';
import { round, type Summary } from './statistics.ts';

const BEGIN = '<!-- written by make bench: begin -->';
const END = '<!-- written by make bench: end -->';

/**
 * Writes the part of a document that shows the results, between its two marks.
 *
 * @throws Error when it lacks them
 */
export async function writeReport(document: string, results: Results): Promise<void> {
  const text = await readFile(document, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined)
    throw new Error(`${document} has no place for the results between ${BEGIN} and ${END}`);
  const whole = [before, BEGIN, '\n\n', ...sections(results), '\n', END, after].join('');
  await writeFile(document, await format(whole, { ...(await resolveConfig(document)), parser: 'markdown' }));
}

/** In markdown; of what was not measured nothing is said. */
export function sections(results: Results): readonly string[] {
  const {
    machine,
    runs,
    calls,
    rates,
    farRates = [],
    nobody,
    lookups,
    growth,
    systems,
    hour,
    targets,
    ratios,
  } = results;
  return [
    `On ${machine.cores} cores of ${machine.processor}, ${machine.memoryGb} GB, Linux ${machine.kernel}, `,
    `Node ${machine.node}, Asterisk ${machine.asterisk}.\n\n`,
    table(
      ['measured', 'by', 'on', 'took', 'load before', 'load after'],
      Object.entries(runs).map(([phase, { command, takenAt, seconds, load }]) => [
        phase,
        `\`${command}\``,
        takenAt.slice(0, 16).replace('T', ' '),
        `${seconds} s`,
        load.before,
        load.after,
      ]),
    ),
    table(
      ['figure', 'target', 'measured', 'met'],
      targets.map(({ name, target, measured, met }) => [name, target, measured, met ? 'yes' : '**no**']),
    ),
    ...(ratios.length === 0 ? [] : ratioSection(ratios)),
    ...(calls === undefined ? [] : [0, 40].flatMap((rttMs) => callSection(rttMs, calls))),
    ...(rates === undefined ? [] : rateSection([...rates, ...farRates])),
    ...(lookups === undefined ? [] : lookupSection(lookups)),
    ...(growth === undefined || nobody === undefined ? [] : growthSection(growth, nobody)),
    ...(systems === undefined ? [] : systemSection(systems)),
    ...(hour === undefined ? [] : hourSection(hour)),
  ];
}

function ratioSection(ratios: readonly Ratios[]): readonly string[] {
  return [
    '### Interlinks, of what the others take\n\n',
    table(
      ['way', 'against', 'round-trip time', '180: median', '200: median', 'CPU a call', 'calls a second'],
      ratios.map(({ name, against, rttMs, ringing, answered, processor, callsPerSecond }) => [
        name,
        against,
        `${rttMs} ms`,
        ...[ringing, answered, processor, callsPerSecond].map((ratio) =>
          ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
        ),
      ]),
    ),
  ];
}

function rateSection(rates: readonly HeldRate[]): readonly string[] {
  return [
    '### Rates that were held\n\n',
    table(
      ['way', 'round-trip time', 'calls a second', 'for', 'calls failed at'],
      rates.map(({ name, rttMs, callsPerSecond, heldS, failedAt }) => [
        name,
        `${rttMs} ms`,
        callsPerSecond,
        `${heldS} s`,
        failedAt ?? 'none of those tried',
      ]),
    ),
  ];
}

function lookupSection(lookups: LookupResults): readonly string[] {
  return [
    '### Lookups, 16 callers at once\n\n',
    table(
      ['', 'median', 'p99', 'a second', 'a second of one core of who answers'],
      (['signed', 'unsigned'] as const).map((name) => {
        const { milliseconds, perSecond, perSecondOfOneCore } = lookups[name];
        return [
          name,
          ms(milliseconds.median),
          ms(milliseconds.p99),
          Math.round(perSecond),
          Math.round(perSecondOfOneCore),
        ];
      }),
    ),
  ];
}

function growthSection(growth: readonly GrowthFigures[], nobody: Summary): readonly string[] {
  return [
    '### Growth\n\n',
    `From the INVITE to 404, for a number that nobody has: ${ms(nobody.median)} (median). Of that, and of a call, the `,
    'decision takes:\n\n',
    table(
      ['interlinks', 'numbers of peers', 'a number that one peer has', 'one that nobody has'],
      growth.map(({ interlinks, numbers, dialMs, nobodyMs }) => [
        interlinks,
        numbers,
        ms(dialMs),
        ms(nobodyMs),
      ]),
    ),
  ];
}

function systemSection(systems: readonly SystemFigures[]): readonly string[] {
  return [
    '### One system that grows\n\n',
    'A call to another system, and one to a number that nobody has, with more and more interlinks; what service and ',
    'Asterisk take without calls, and how long a start takes until all trunks are as they should be and all circles green.\n\n',
    table(
      [
        'interlinks',
        'numbers of each',
        '180: median',
        'p99',
        '404: median',
        'p99',
        'CPU a second: Asterisk',
        'service',
        'memory: Asterisk',
        'service',
        'trunks after a start of the service',
        'all green after',
        'trunks after a restart of Asterisk',
      ],
      systems.map(({ interlinks, numbersEach, ringing, nobody, idle, memoryMb, ...started }) => [
        interlinks,
        numbersEach,
        ...[ringing.median, ringing.p99, nobody.median, nobody.p99, idle.asterisk, idle.service].map(ms),
        ...[memoryMb.asterisk, memoryMb.service].map((mb) => `${mb.toFixed(0)} MB`),
        ...[started.startMs, started.greenMs, started.trunksMs].map(
          (time) => `${(time / 1000).toFixed(1)} s`,
        ),
      ]),
    ),
  ];
}

function hourSection({ calls, failed, minutes }: HourFigures): readonly string[] {
  const shown = minutes.filter((_, index) => index % 10 === 9 || index === 0 || index === minutes.length - 1);
  return [
    '### A long time of calls\n\n',
    `${calls} calls in ${minutes.length} minutes, ${failed} of them failed. The caller's system held:\n\n`,
    table(
      ['after minute', 'service: memory', 'descriptors', 'Asterisk: memory', 'descriptors'],
      shown.map(({ service, asterisk }) => [
        minutes.findIndex((minute) => minute.service === service) + 1,
        `${service.memoryMb.toFixed(0)} MB`,
        service.descriptors,
        `${asterisk.memoryMb.toFixed(0)} MB`,
        asterisk.descriptors,
      ]),
    ),
  ];
}

function callSection(rttMs: number, all: readonly CallFigures[]): readonly string[] {
  const calls = all.filter((one) => one.rttMs === rttMs);
  if (calls.length === 0) return [];
  return [
    rttMs === 0 ? '### Calls\n\n' : `### Calls with ${rttMs} ms of round-trip time between the systems\n\n`,
    table(
      [
        'way',
        '180: median',
        'p90',
        'p99',
        '200: median',
        'p90',
        'p99',
        'CPU a call: Asterisk',
        'service',
        'CPU a second without calls: Asterisk',
        'service',
        'failed',
      ],
      calls.map(({ name, ringing, answered, processor, idle, failed }) => [
        name,
        ...[ringing.median, ringing.p90, ringing.p99, answered.median, answered.p90, answered.p99].map(ms),
        ...[processor.asterisk, processor.service, idle.asterisk, idle.service].map(ms),
        `${failed} of ${ringing.count + failed}`,
      ]),
    ),
    chart(
      'Post-dial delay (180), median, ms',
      calls.map(({ name, ringing }) => [name, ringing.median]),
    ),
    chart(
      'CPU a call, both systems, ms',
      calls.map(({ name, processor }) => [name, processor.asterisk + processor.service]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function chart(title: string, bars: readonly (readonly [string, number])[]): string {
  const names = bars
    .map(([name]) => `"${name.replace('Interlinks, ', 'IL ').replace(' over ', '/')}"`)
    .join(', ');
  const values = bars.map(([, value]) => round(value)).join(', ');
  return `\`\`\`mermaid\nxychart-beta horizontal\n  title "${title}"\n  x-axis [${names}]\n  bar [${values}]\n\`\`\`\n\n`;
}

function ms(value: number): string {
  return value < 0.1 ? `${Math.round(value * 1000)} µs` : `${value.toFixed(1)} ms`;
}
