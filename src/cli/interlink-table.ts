import type { z } from 'zod';
import type { InterlinkView, interlinks } from '../admin/schema.ts';
import { printLine } from './output.ts';
import { printTable, type Cell } from './table.ts';

const colours = { grey: 'gray', green: 'green', amber: 'yellow', red: 'red' } as const;

/** The interlinks, and those that have ended while something of that is still to be done. */
export function printInterlinkList({ interlinks: all, ended }: z.infer<typeof interlinks>): void {
  printInterlinks(all);
  for (const { name, cleanUpPending, noticePending } of ended) {
    const pending = [
      ...(cleanUpPending ? ['Asterisk is cleaned up when it is back'] : []),
      ...(noticePending
        ? [
            `the other side is told when it can be reached (if it never can: interlinks forget ${JSON.stringify(name)})`,
          ]
        : []),
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
  printTable(['', 'NAME', 'STATE', 'SYSTEM', 'PREFIX', 'TRUNK', 'ROUND TRIP'], all.map(interlinkRow));
  const connected = all.filter(({ health }) => health.colour === 'green').length;
  printLine(`${all.length} ${all.length === 1 ? 'interlink' : 'interlinks'}, ${connected} connected`);
}

function interlinkRow({ name, health, peer, prefix, trunk, roundTripMs }: InterlinkView): readonly Cell[] {
  const colour = colours[health.colour];
  return [
    { text: health.colour === 'grey' ? '○' : '●', colour },
    name,
    { text: health.reason, colour },
    peer?.name ?? '–',
    prefix ?? '–',
    trunk.encrypted ? trunk.kind : { text: `${trunk.kind}, not encrypted`, colour: 'yellow' },
    roundTripMs === undefined ? '–' : `${Math.round(roundTripMs)} ms`,
  ];
}
