import type { Command } from 'commander';
import { interlinks, system, type EventView } from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import type { GlobalOptions } from '../main.ts';
import { printJson, printLine } from '../output.ts';
import { changeLines, printOverview } from '../status-view.ts';
import { follow, overviewAfter, type Overview } from '../watch.ts';

const clearScreen = '\u001B[H\u001B[2J\u001B[3J';

/** Adds `status`, the overview of the system and its interlinks. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('the system and its interlinks at a glance')
    .option('--watch', 'go on, and show every change at once, until Ctrl-C')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { watch?: boolean }>();
      const client = await adminClient(options);
      if (options.watch !== true) {
        const overview = {
          system: await client.get('/system', system),
          ...(await client.get('/interlinks', interlinks)),
        };
        if (options.json === true) printJson(overview);
        else printOverview(overview);
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
  if (json) return { show: (event) => printLine(JSON.stringify(event)), lost: complain };
  if (process.stdout.isTTY) {
    return {
      show: (event, _before, after) =>
        draw(after, `Last change ${new Date(event.at).toLocaleTimeString(undefined, { hour12: false })}`),
      lost: (last) => (last === undefined ? complain() : draw(last, lostNotice)),
    };
  }
  return {
    show: (event, before, after) => {
      for (const line of changeLines(event.at, before, after)) printLine(line);
    },
    lost: complain,
  };
}

function complain(): void {
  process.stderr.write(`interlinks: ${lostNotice}\n`);
}

function draw(overview: Overview, note: string): void {
  process.stdout.write(clearScreen);
  printOverview(overview);
  printLine(`\n${note}`);
}
