import type { InterlinkView, System } from '../admin/schema.ts';
import { printLine } from './output.ts';
import { printInterlinks } from './tables.ts';
import type { Overview } from './watch.ts';

const databaseNames = { sqlite: 'SQLite', postgresql: 'PostgreSQL' } as const;

export function printOverview({ system, interlinks }: Overview): void {
  const { name, id, version, database } = system;
  printLine(`${name}  id ${id}  Interlinks ${version}  ${databaseNames[database]}`);
  printLine(asteriskLine(system));
  printLine('');
  printInterlinks(interlinks);
}

/** What has changed between two overviews, a line for each. @param before undefined: everything is new */
export function changeLines(at: string, before: Overview | undefined, after: Overview): readonly string[] {
  const lines: string[] = [];
  if (before === undefined || asteriskLine(before.system) !== asteriskLine(after.system)) {
    lines.push(`${after.system.name}: ${asteriskLine(after.system)}`);
  }
  const old = new Map(before?.interlinks.map((interlink) => [interlink.id, interlinkLine(interlink)]));
  for (const interlink of after.interlinks) {
    const line = interlinkLine(interlink);
    if (old.get(interlink.id) !== line) lines.push(line);
    old.delete(interlink.id);
  }
  for (const { id, name } of before?.interlinks ?? []) if (old.has(id)) lines.push(`${name}: removed`);
  return lines.map((line) => `${at}  ${line}`);
}

function interlinkLine({ name, health }: InterlinkView): string {
  return `${name}: ${health.colour}, ${health.reason}`;
}

function asteriskLine({ asterisk }: System): string {
  if (asterisk.connected) return 'Asterisk connected';
  return `Asterisk not connected${asterisk.reason === undefined ? '' : `: ${asterisk.reason}`}`;
}
