import { event, interlinks, system, type EventView } from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { localTime } from '../local-time.ts';
import { printJson, printJsonLine, printLine, printNotice } from '../output.ts';
import { changeLines, printOverview } from '../status-view.ts';
import { follow, overviewAfter, type Overview } from '../watch.ts';

const clearScreen = '\u001B[H\u001B[2J\u001B[3J';

/** What `status --json` prints. */
export const overview = interlinks.extend({ system });

/** Adds `status`, the overview of the system and its interlinks. */
export function addStatusCommand(program: CliCommand): void {
  program
    .command('status')
    .summary('show the system and its interlinks at a glance')
    .description(
      'Shows the system and its interlinks at a glance: whether Asterisk is connected, and whether the configuration file as it is now is in force, and if not, why. With --watch it goes on: on a terminal it is drawn anew at each change, elsewhere it writes a line for each; with --json one event of the admin API a line.',
    )
    .option('--watch', 'go on, and show every change at once, until Ctrl-C')
    .withExamples(
      ['interlinks status', 'Is everything in order?'],
      ['interlinks status --watch', 'Watch while the other admin enters the key.'],
    )
    .answering(overview.or(event))
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions & { watch?: boolean }>();
      const client = await adminClient(options);
      if (options.watch !== true) {
        const now = {
          system: await client.get('/system', system),
          ...(await client.get('/interlinks', interlinks)),
        };
        if (options.json === true) printJson(now);
        else printOverview(now);
        return;
      }
      const display = displayFor(options.json === true);
      const stopping = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
      let overview: Overview | undefined;
      for await (const event of follow(client, () => display.lost(overview), stopping.signal)) {
        const before = overview;
        overview = overviewAfter(before, event);
        display.show(event, before, overview);
      }
    });
}

interface Display {
  show(event: EventView, before: Overview | undefined, after: Overview): void;
  lost(last: Overview | undefined): void;
}

const lostNotice = 'The service does not answer; waiting for it.';

/** On a terminal the overview, drawn anew; elsewhere a line for each change. */
function displayFor(json: boolean): Display {
  if (json) return { show: printJsonLine, lost: complain };
  if (process.stdout.isTTY && process.env['TERM'] !== 'dumb') {
    return {
      show: ({ at }, _before, after) => draw(after, `Last change ${localTime(at)}. Ctrl-C ends.`),
      lost: (last) => (last === undefined ? complain() : draw(last, lostNotice)),
    };
  }
  return {
    show: ({ at }, before, after) => {
      for (const line of changeLines(at, before, after)) printLine(line);
    },
    lost: complain,
  };
}

function complain(): void {
  printNotice(`interlinks: ${lostNotice}`);
}

function draw(overview: Overview, note: string): void {
  process.stdout.write(clearScreen);
  printOverview(overview);
  printLine('');
  printLine(note);
}
