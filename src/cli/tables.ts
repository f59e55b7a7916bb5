import type { z } from 'zod';
import type { CallView, InterlinkView, calls, interlinks, numbers, RouteView } from '../admin/schema.ts';
import { printLine, printTable, type Cell } from './output.ts';

const COLOUR = { grey: 'gray', green: 'green', amber: 'yellow', red: 'red' } as const;

/** The interlinks, and those that have ended while something of that is still to be done. */
export function printInterlinkList({ interlinks: all, ended }: z.infer<typeof interlinks>): void {
  printInterlinks(all);
  for (const { name, cleanUpPending, noticePending } of ended) {
    const pending = [
      ...(cleanUpPending ? ['Asterisk is cleaned up when it is back'] : []),
      ...(noticePending ? ['the other side is told when it can be reached'] : []),
    ];
    printLine(`Deleted: ${name}; ${pending.join('; ')}`);
  }
}

export function printInterlinks(all: readonly InterlinkView[]): void {
  if (all.length === 0) {
    printLine(
      'No interlinks yet. Generate a key with "interlinks key new NAME", or enter one with "interlinks link NAME".',
    );
    return;
  }
  printTable(['', 'NAME', 'STATE', 'SYSTEM', 'TRUNK', 'ROUND TRIP'], all.map(interlinkRow));
}

function interlinkRow({ name, health, peer, trunk, roundTripMs }: InterlinkView): readonly Cell[] {
  const colour = COLOUR[health.colour];
  return [
    { text: health.colour === 'grey' ? '○' : '●', colour },
    name,
    { text: health.reason, colour },
    peer?.name ?? '–',
    trunk.kind + (trunk.encrypted ? ', encrypted' : ''),
    roundTripMs === undefined ? '–' : `${Math.round(roundTripMs)} ms`,
  ];
}

export function printNumbers({ numbers: all }: z.infer<typeof numbers>): void {
  if (all.length === 0) {
    printLine('No numbers. Add them to interlinks.yaml under "numbers:".');
    return;
  }
  printTable(
    ['NUMBER', 'NAME', 'FOR OTHERS', 'RINGS'],
    all.map(({ number, name, private: hidden, target }) => [
      number,
      name ?? '–',
      hidden ? 'private' : 'shared',
      target,
    ]),
  );
}

export function printRoute({ dialed, summary, steps }: RouteView): void {
  printLine(`${dialed}: ${summary}`);
  for (const [index, step] of steps.entries()) printLine(`  ${index + 1}. ${step}`);
}

export function printCalls({ calls: all }: z.infer<typeof calls>): void {
  if (all.length === 0) {
    printLine('No calls in that time.');
    return;
  }
  printTable(
    ['TIME', '', 'FROM', 'TO', 'INTERLINK', 'RANG AFTER', 'TALKED', 'OUTCOME', 'CALL ID'],
    all.map(callRow),
  );
}

const ARROW = { local: '·', out: '→', in: '←' } as const;

function callRow(call: CallView): readonly Cell[] {
  const time = new Date(call.startedAt).toLocaleTimeString(undefined, { hour12: false });
  return [
    time,
    ARROW[call.direction],
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
