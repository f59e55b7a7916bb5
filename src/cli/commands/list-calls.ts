import { calls, type CallView } from '../../admin/call-schema.ts';
import { adminClient } from '../admin-client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { duration } from '../duration.ts';
import { findInterlink } from '../find-interlink.ts';
import { localTime } from '../local-time.ts';
import { printJson, printLine } from '../output.ts';
import { printTable, type Cell } from '../table.ts';

const hourMs = 3_600_000;
const maxCalls = 1000;

type CallsOptions = GlobalOptions & {
  since?: number;
  interlink?: string;
  number?: string;
  failed?: boolean;
};

/** Adds `calls`, the records of calls. */
export function addCallsCommand(program: CliCommand): void {
  program
    .command('calls')
    .summary('list calls, newest first')
    .description(
      `Lists the calls of the last hour, newest first, at most ${maxCalls}. A call has the same id on both systems, so that two admins can talk about it.`,
    )
    .option('--since <duration>', 'how far back, such as 15m, 7d (default: 1h)', duration)
    .option('--interlink <interlink>', 'only calls over this interlink')
    .option('--number <number>', 'only calls from or to this number')
    .option(
      '--failed',
      'only calls that were not put through; busy, no answer, declined and cancelled are not among them',
    )
    .withExamples(
      ['interlinks calls --since 15m --number 201', '“Somebody could not reach 201 just now.”'],
      ['interlinks calls --since 7d --failed', 'What went wrong this week?'],
      ['interlinks calls --since 24h --interlink Lisbon --json', 'For a script.'],
    )
    .answering(calls)
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<CallsOptions>();
      const client = await adminClient(options);
      const query = new URLSearchParams({
        since: new Date(Math.max(0, Date.now() - (options.since ?? hourMs))).toISOString(),
        limit: String(maxCalls),
      });
      if (options.interlink !== undefined) {
        query.set('interlink', (await findInterlink(client, options.interlink)).id);
      }
      if (options.number !== undefined) query.set('number', options.number);
      if (options.failed === true) query.set('failed', 'true');
      const found = await client.get(`/calls?${query.toString()}`, calls);
      if (options.json === true) printJson(found);
      else printCalls(found.calls);
    });
}

function printCalls(all: readonly CallView[]): void {
  if (all.length === 0) {
    printLine('No such calls in that time.');
    return;
  }
  printTable(
    ['TIME', '', 'FROM', 'TO', 'INTERLINK', 'RANG AFTER', 'TALKED', 'OUTCOME', 'CALL ID'],
    all.map(callRow),
  );
  const answered = all.filter(({ answeredAt }) => answeredAt !== undefined).length;
  const more = all.length === maxCalls ? `; there may be more, look at a shorter time` : '';
  printLine(`${all.length} ${all.length === 1 ? 'call' : 'calls'}, ${answered} answered${more}`);
}

const arrows = { local: '·', out: '→', in: '←' } as const;

function callRow(call: CallView): readonly Cell[] {
  return [
    localTime(call.startedAt),
    arrows[call.direction],
    call.caller ?? 'private',
    call.dialed,
    call.interlink ?? '–',
    call.postDialDelayMs === undefined ? '–' : `${call.postDialDelayMs} ms`,
    call.durationMs === undefined ? '–' : `${(call.durationMs / 1000).toFixed(1)} s`,
    outcomeCell(call),
    call.callId,
  ];
}

function outcomeCell({ outcome, cause, endedAt }: CallView): Cell {
  if (endedAt === undefined) return { text: 'in progress', colour: 'green' };
  if (outcome === 'answered') return outcome;
  return { text: cause === undefined ? (outcome ?? 'ended') : `${outcome} (${cause})`, colour: 'yellow' };
}
