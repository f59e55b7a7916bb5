import type { z } from 'zod';
import type {
  CallView,
  InterlinkView,
  calls,
  interlinks,
  numbers,
  RemoteNumbersView,
  RemoteNumberView,
  RouteView,
} from '../admin/schema.ts';
import { printLine, printTable, type Cell } from './output.ts';

const colours = { grey: 'gray', green: 'green', amber: 'yellow', red: 'red' } as const;

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
  printTable(['', 'NAME', 'STATE', 'SYSTEM', 'PREFIX', 'TRUNK', 'ROUND TRIP'], all.map(interlinkRow));
}

function interlinkRow({ name, health, peer, prefix, trunk, roundTripMs }: InterlinkView): readonly Cell[] {
  const colour = colours[health.colour];
  return [
    { text: health.colour === 'grey' ? '○' : '●', colour },
    name,
    { text: health.reason, colour },
    peer?.name ?? '–',
    prefix ?? '–',
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

export function printRemoteNumbers({ numbers: all, directories }: RemoteNumbersView): void {
  if (all.length === 0) printLine('No linked system shares a number.');
  else printTable(['NUMBER', 'NAME', 'INTERLINK', 'WHEN DIALED HERE'], all.map(remoteNumberRow));
  for (const { interlink, receivedAt, current } of directories) {
    if (receivedAt === undefined) printLine(`${interlink} has not said yet what it shares.`);
    else if (!current) printLine(`${interlink}: as of ${receivedAt}; it may share something else by now.`);
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

export function printRoute({ dialed, summary, steps }: RouteView): void {
  printLine(`${dialed}: ${summary}`);
  for (const [index, step] of steps.entries()) printLine(`  ${index + 1}. ${step}`);
}

/** @param limit as many as were asked for; so many calls mean that there may be more */
export function printCalls({ calls: all }: z.infer<typeof calls>, limit: number): void {
  if (all.length === 0) {
    printLine('No calls in that time.');
    return;
  }
  printTable(
    ['TIME', '', 'FROM', 'TO', 'INTERLINK', 'RANG AFTER', 'TALKED', 'OUTCOME', 'CALL ID'],
    all.map(callRow),
  );
  if (all.length === limit) printLine(`The newest ${limit} calls. There may be more.`);
}

const arrows = { local: '·', out: '→', in: '←' } as const;

function callRow(call: CallView): readonly Cell[] {
  const began = new Date(call.startedAt);
  const time = began.toLocaleTimeString(undefined, { hour12: false });
  const isToday = began.toDateString() === new Date().toDateString();
  return [
    isToday ? time : `${began.toLocaleDateString()} ${time}`,
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
