import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { z } from 'zod';
import { calls, deletion, interlink, interlinks, type InterlinkView } from '../../admin/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { adminClient } from '../admin-client.ts';
import type { AdminClient } from '../client.ts';
import type { GlobalOptions } from '../main.ts';
import { printJson, printLine } from '../output.ts';

type Deletion = z.infer<typeof deletion>;

const dayMs = 86_400_000;

/** Adds the commands that change an interlink. */
export function addInterlinkCommands(program: Command): void {
  program
    .command('rename')
    .argument('<name>', 'what the interlink is called here')
    .argument('<new>', 'what to call it from now on')
    .description('rename an interlink, for this side only')
    .action(async (name: string, newName: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const { id } = await findInterlink(client, name);
      const renamed = await client.patch(`/interlinks/${id}`, { name: newName }, interlink);
      if (options.json === true) printJson(renamed);
      else printLine(`"${name}" is called "${renamed.name}" now.`);
    });

  program
    .command('prefix')
    .argument('<name>', 'what the interlink is called here')
    .argument('<prefix>', '1 to 6 of 0-9, * and #; "off" takes it away')
    .description('give an interlink a prefix: dialed before a number, it asks that system and nobody else')
    .action(async (name: string, prefix: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const { id } = await findInterlink(client, name);
      const change = { prefix: prefix === 'off' ? null : prefix };
      const changed = await client.patch(`/interlinks/${id}`, change, interlink);
      if (options.json === true) printJson(changed);
      else if (changed.prefix === undefined) printLine(`"${changed.name}" has no prefix any more.`);
      else printLine(`${changed.prefix} and a number rings that number at "${changed.name}".`);
    });

  program
    .command('delete')
    .argument('<name>', 'what the interlink is called here')
    .description('end an interlink for good, on both sides; or revoke a key that nobody has entered yet')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { yes?: boolean }>();
      const client = await adminClient(options);
      const found = await findInterlink(client, name);
      if (options.yes !== true) await confirm(await whatEnds(client, found));
      const deleted = await client.delete(`/interlinks/${found.id}`, deletion);
      if (options.json === true) printJson(deleted);
      else printLine(inWords(deleted));
    });
}

async function findInterlink(client: AdminClient, name: string): Promise<InterlinkView> {
  const { interlinks: all } = await client.get('/interlinks', interlinks);
  const wanted = name.toLowerCase();
  const found = all.find((one) => one.name === name) ?? all.find((one) => one.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new FailureError(
    'not-found',
    `There is no interlink "${name}".`,
    'See "interlinks list" for those that there are.',
  );
}

async function whatEnds(client: AdminClient, { name, peer, state }: InterlinkView): Promise<string> {
  if (peer === undefined && state === 'key-ready') {
    return `Delete "${name}"? Its authorization key cannot be entered any more.`;
  }
  const since = new Date(Date.now() - dayMs).toISOString();
  const query = new URLSearchParams({ since, limit: '10000' }).toString();
  const { calls: recent } = await client.get(`/calls?${query}`, calls);
  const up = recent.filter((call) => call.interlink === name && call.endedAt === undefined).length;
  const cutOff = up === 0 ? 'No call is in progress over it.' : `Calls in progress that are cut off: ${up}.`;
  const whose = peer === undefined ? '' : ` (${peer.name}, ${peer.url})`;
  return `Delete "${name}"${whose}? ${cutOff} Neither side reaches the other any more. It cannot be undone.`;
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FailureError(
      'confirmation-needed',
      'Deleting cannot be undone, and there is no terminal to ask on; nothing was deleted.',
      'Give --yes.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (/^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())) return;
  } finally {
    terminal.close();
  }
  throw new FailureError('confirmation-needed', 'Nothing was deleted.', 'Answer y to delete it.');
}

function inWords({ name, cleanUp, callsEnded = 0 }: Deletion): string {
  if (cleanUp === 'pending') {
    return `Deleted "${name}". Asterisk is away: nothing is let in, and its trunk and calls are cleared away when it is back.`;
  }
  return callsEnded === 0 ? `Deleted "${name}".` : `Deleted "${name}". Calls hung up: ${callsEnded}.`;
}
