import type { InterlinkView, System } from '../admin/schema.ts';
import { printInterlinks } from './interlink-table.ts';
import { localTime } from './local-time.ts';
import { printLine, sentence } from './output.ts';
import type { Overview } from './watch.ts';

const databaseNames = { sqlite: 'SQLite', postgresql: 'PostgreSQL' } as const;

export function printOverview({ system, interlinks }: Overview): void {
  const { name, id, version, database, config } = system;
  printLine(`System         ${name}`);
  printLine(`Id             ${id}`);
  printLine(`Version        ${version}, ${databaseNames[database]}`);
  printLine(`Asterisk       ${asteriskState(system)}`);
  const since = localTime(config.inForceSince);
  const inForce = config.refused === undefined ? `, in force since ${since}` : ` as it was at ${since}`;
  printLine(`Configuration  ${config.file}${inForce}`);
  for (const line of configWarnings(system)) printLine(`               ${line}`);
  printLine('');
  printInterlinks(interlinks);
}

/** What has changed between two overviews, a line for each. @param before undefined: everything is new */
export function changeLines(at: string, before: Overview | undefined, after: Overview): readonly string[] {
  const lines: string[] = [];
  const { system } = after;
  if (before === undefined || asteriskState(before.system) !== asteriskState(system)) {
    lines.push(`${system.name}: Asterisk ${asteriskState(system)}`);
  }
  const known = before === undefined ? [] : configWarnings(before.system);
  const warnings = configWarnings(system);
  lines.push(...warnings.filter((line) => !known.includes(line)).map((line) => `${system.name}: ${line}`));
  if (before?.system.config.refused !== undefined && system.config.refused === undefined) {
    lines.push(`${system.name}: the configuration file is in force again`);
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

function asteriskState({ asterisk, ami }: System): string {
  if (!asterisk.connected) return withReason('not connected', asterisk.reason);
  return ami.connected ? 'connected' : withReason('connected, AMI not', ami.reason);
}

function withReason(what: string, reason: string | undefined): string {
  return reason === undefined ? what : `${what}: ${reason}`;
}

/** In what the file differs from what is in force. */
function configWarnings({ config: { refused, awaitingRestart } }: System): readonly string[] {
  const lines: string[] = [];
  if (refused !== undefined) {
    lines.push(
      `NOT in force as it is now, since ${localTime(refused.at)}: ${sentence(refused.detail)} ${sentence(refused.remedy)}`,
    );
    if (refused.notPrivate.length > 0) {
      lines.push(`NOT private, although the file says so: ${refused.notPrivate.join(', ')}`);
    }
  }
  if (awaitingRestart.length > 0) {
    lines.push(`Not in force before a restart of the service: ${awaitingRestart.join(', ')}`);
  }
  return lines;
}
