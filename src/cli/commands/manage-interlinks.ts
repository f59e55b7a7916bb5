import type { z } from 'zod';
import {
  deletion,
  deletionPreview,
  forgotten,
  interlink,
  interlinks,
  type InterlinkView,
} from '../../admin/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { adminClient } from '../admin-client.ts';
import { ask } from '../ask.ts';
import type { AdminClient } from '../client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { findInterlink, findUntold } from '../find-interlink.ts';
import { printInterlinkList } from '../interlink-table.ts';
import { printJson, printLine } from '../output.ts';

type Deletion = z.infer<typeof deletion>;

/** Adds `list`, `rename`, `prefix`, `delete` and `forget`. */
export function addInterlinkCommands(program: CliCommand): void {
  program
    .command('list')
    .summary('list the interlinks and their state')
    .description(
      'Lists the interlinks: grey = key generated, not connected yet; green = connected; amber and red say why. Below them stand deleted ones while something of that is still to be done.',
    )
    .withExamples(
      ['interlinks list', 'Is everybody connected?'],
      [
        'interlinks list --json | jq -r \'.interlinks[] | select(.health.colour != "green").name\'',
        'The names of those that are not, for a script.',
      ],
    )
    .answering(interlinks)
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await (await adminClient(options)).get('/interlinks', interlinks);
      if (options.json === true) printJson(found);
      else printInterlinkList(found);
    });

  program
    .command('rename')
    .argument('<interlink>', 'what the interlink is called here')
    .argument('<name>', 'what to call it from now on')
    .summary('rename an interlink, for this side only')
    .description(
      'Renames an interlink, for this side only. Phones here show the new name before that of the caller.',
    )
    .withExamples(['interlinks rename Berlin "Head office"', 'Quote a name with spaces.'])
    .answering(interlink)
    .action(async (name: string, newName: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const { id, name: was } = await findInterlink(client, name);
      const renamed = await client.patch(`/interlinks/${id}`, { name: newName, was }, interlink);
      if (options.json === true) printJson(renamed);
      else printLine(`"${name}" is called "${renamed.name}" now.`);
    });

  program
    .command('prefix')
    .argument('<interlink>', 'what the interlink is called here')
    .argument('<prefix>', '1 to 6 digits; "off" takes it away')
    .summary('dial numbers of one system by a prefix')
    .description(
      'Gives an interlink a prefix: dialed before a number, it asks that system for the number and nobody else, also where this one has the same number.',
    )
    .withExamples(
      ['interlinks prefix Lisbon 82', '82101 rings 101 in Lisbon; 101 alone rings here.'],
      ['interlinks prefix Lisbon off', 'Takes it away.'],
    )
    .answering(interlink)
    .action(async (name: string, prefix: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const { id, prefix: was = null } = await findInterlink(client, name);
      const change = { prefix: prefix === 'off' ? null : prefix, was };
      const changed = await client.patch(`/interlinks/${id}`, change, interlink);
      if (options.json === true) printJson(changed);
      else if (changed.prefix === undefined) printLine(`"${changed.name}" has no prefix any more.`);
      else printLine(`${changed.prefix} and a number rings that number at "${changed.name}".`);
    });

  program
    .command('delete')
    .argument('<interlink>', 'what the interlink is called here')
    .summary('end an interlink on both sides, or revoke a key')
    .description(
      'Ends an interlink for good, on both sides, and hangs up its calls; or revokes a key that nobody has entered yet. Asks first.',
    )
    .option('-y, --yes', 'do not ask')
    .withExamples(
      ['interlinks delete Lisbon', 'Says what ends, and asks.'],
      ['interlinks delete Lisbon --yes', 'For a script.'],
    )
    .answering(deletion)
    .action(async (name: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions & { yes?: boolean }>();
      const client = await adminClient(options);
      const found = await findInterlink(client, name);
      if (options.yes !== true) await confirm(await whatEnds(client, found));
      const deleted = await client.delete(`/interlinks/${found.id}`, deletion);
      if (options.json === true) printJson(deleted);
      else printLine(inWords(deleted));
    });

  program
    .command('forget')
    .argument('<interlink>', 'what the deleted interlink was called here')
    .summary('give up telling the other system that an interlink was deleted')
    .description(
      'Gives up telling the other system that an interlink was deleted, for one that can never be reached again. Should it come back all the same, its first request to this system is answered that the interlink has ended.',
    )
    .withExamples(['interlinks forget Lisbon', 'Takes "Deleted: Lisbon" off the list.'])
    .answering(forgotten)
    .action(async (name: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const { id } = await findUntold(client, name);
      const dropped = await client.delete(`/interlinks/${id}/notice`, forgotten);
      if (options.json === true) printJson(dropped);
      else printLine(`The other side of "${dropped.name}" is not told any more.`);
    });
}

async function whatEnds(client: AdminClient, { id, name, peer, state }: InterlinkView): Promise<string> {
  if (peer === undefined && state === 'key-ready') {
    return `Delete "${name}"? Its authorization key cannot be entered any more.`;
  }
  const lost = await client.get(`/interlinks/${id}/deletion`, deletionPreview);
  const cutOff = [
    `numbers that are dialed through it: ${lost.numbers}`,
    `calls in progress: ${lost.callsInProgress}`,
    `calls of the last 30 days: ${lost.callsOfLast30Days}`,
  ].join(', ');
  const whose = peer === undefined ? '' : ` (${peer.name}, ${peer.url})`;
  return `Delete "${name}"${whose}? Cut off are: ${cutOff}. Neither side reaches the other any more. It cannot be undone.`;
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FailureError(
      'confirmation-needed',
      'Deleting cannot be undone, and there is no terminal to ask on; nothing was deleted',
      'Give --yes',
    );
  }
  const answer = await ask(`${question} [y/N] `);
  if (/^\s*y(?:es)?\s*$/i.test(answer ?? '')) return;
  throw new FailureError('confirmation-needed', 'Nothing was deleted', 'Answer y to delete it');
}

function inWords({ name, cleanUp, callsEnded = 0 }: Deletion): string {
  if (cleanUp === 'pending') {
    return `Deleted "${name}". Asterisk is away: nothing is let in, and its trunk and calls are cleared away when it is back.`;
  }
  return callsEnded === 0 ? `Deleted "${name}".` : `Deleted "${name}". Calls hung up: ${callsEnded}.`;
}
