import type { z } from 'zod';
import type { numbers, RemoteNumbersView, RemoteNumberView } from '../admin/schema.ts';
import { localTime } from './local-time.ts';
import { printLine } from './output.ts';
import { printTable, type Cell } from './table.ts';

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
  const hidden = all.filter((number) => number.private).length;
  printLine(`${all.length} ${all.length === 1 ? 'number' : 'numbers'}, ${hidden} private`);
}

export function printRemoteNumbers({ numbers: all, directories }: RemoteNumbersView): void {
  if (all.length === 0) printLine('No linked system shares a number.');
  else printTable(['NUMBER', 'NAME', 'INTERLINK', 'WHEN DIALED HERE'], all.map(remoteNumberRow));
  for (const { interlink, receivedAt, current } of directories) {
    if (receivedAt === undefined) printLine(`${interlink} has not said yet what it shares.`);
    else if (!current) {
      printLine(`${interlink}: as of ${localTime(receivedAt)}; it may share something else by now.`);
    }
  }
}

function remoteNumberRow(remote: RemoteNumberView): readonly Cell[] {
  return [remote.number, remote.name ?? '–', remote.interlink, reachCell(remote)];
}

function reachCell({ reach, winner, away, dial }: RemoteNumberView): Cell {
  const instead = dial === undefined ? '' : `; ${dial} rings there`;
  switch (reach) {
    case 'dialable':
      return away ? { text: 'does not answer now', colour: 'red' } : { text: 'rings there', colour: 'green' };
    case 'local-wins':
      return { text: `clash: the number here wins${instead}`, colour: 'yellow' };
    case 'interlink-wins':
      return { text: `clash: ${winner} wins${instead}`, colour: 'yellow' };
    case 'not-dialable':
      return { text: `not dialed here: emergency number, or length (see dialing)${instead}`, colour: 'gray' };
  }
}
