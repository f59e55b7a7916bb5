import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { z } from 'zod';
import {
  calls,
  generatedKey,
  interlink,
  interlinks,
  number,
  numbers,
  remoteNumbers,
  route,
} from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import { parseDuration } from '../duration.ts';
import type { GlobalOptions } from '../main.ts';
import { printJson, printLine } from '../output.ts';
import { printCalls, printInterlinkList, printNumbers, printRemoteNumbers, printRoute } from '../tables.ts';

const hourMs = 3_600_000;
const maxCalls = 1000;

type KeyOptions = GlobalOptions & { trunk?: string; expires?: number; url?: string; trunkAddress?: string };

/** Adds the commands that talk to the running service. */
export function addAdminCommands(program: Command): void {
  const key = program.command('key').description('authorization keys');
  key
    .command('new')
    .argument('<name>', 'what to call the interlink here')
    .description('generate an authorization key; the other system’s admin enters it')
    .option('--trunk <kind>', 'pjsip or iax2')
    .option('--expires <duration>', 'how long the key can be entered, 10m to 30d (default 72h)', duration)
    .option('--url <url>', 'how the other system reaches this one, instead of peer.url')
    .option('--trunk-address <host>', 'where the other system sends calls, instead of trunk.address')
    .action(async (name: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const client = await adminClient(options);
      const made = await client.post(
        '/keys',
        {
          name,
          trunk: options.trunk,
          expiresIn: options.expires === undefined ? undefined : Math.round(options.expires / 1000),
          url: options.url,
          trunkAddress: options.trunkAddress,
        },
        generatedKey,
      );
      if (options.json === true) printJson(made);
      else printLine(made.key);
    });

  program
    .command('link')
    .argument('<name>', 'what to call the interlink here')
    .argument('[key]', 'the authorization key; read from standard input when left out')
    .description('link this system to the one that generated the key')
    .action(async (name: string, entered: string | undefined, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const linked = await client.post(
        '/interlinks',
        { name, key: entered ?? (await askForKey()) },
        interlink,
      );
      if (options.json === true) printJson(linked);
      else if (linked.state === 'active') printLine(`Linked to ${linked.peer?.name} as "${linked.name}".`);
      else
        printLine(
          `The other system has not answered yet. "${linked.name}" goes on trying for 10 minutes; see interlinks list.`,
        );
    });

  show(program, 'list', 'interlinks and their state', '/interlinks', interlinks, printInterlinkList);
  const ofNumbers = program.command('number').description('internal numbers');
  ofNumbers
    .command('list')
    .description('this system’s numbers, or those that linked systems share')
    .option('--remote', 'the numbers of linked systems, and who wins where two have the same')
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { remote?: true }>();
      const client = await adminClient(options);
      if (options.remote === true) {
        const found = await client.get('/remote-numbers', remoteNumbers);
        if (options.json === true) printJson(found);
        else printRemoteNumbers(found);
      } else {
        const found = await client.get('/numbers', numbers);
        if (options.json === true) printJson(found);
        else printNumbers(found);
      }
    });
  ofNumbers
    .command('private')
    .argument('<number>', 'a number of this system')
    .addArgument(new Argument('<state>', 'on: linked systems cannot reach it').choices(['on', 'off']))
    .description('keep a number from linked systems, or share it; written into the configuration file')
    .action(async (given: string, state: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const path = `/numbers/${encodeURIComponent(given)}`;
      const changed = await client.patch(path, { private: state === 'on' }, number);
      if (options.json === true) printJson(changed);
      else if (changed.private) printLine(`${given} is private: to linked systems it does not exist.`);
      else printLine(`${given} is shared with linked systems.`);
    });

  program
    .command('route')
    .argument('<number>', 'as dialed')
    .description('what a call would do, and why')
    .option('--from <endpoint>', 'who dials: an endpoint such as PJSIP/101, or the name of an interlink')
    .action(async (number: string, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { from?: string }>();
      const query =
        options.from === undefined ? '' : `?${new URLSearchParams({ from: options.from }).toString()}`;
      const client = await adminClient(options);
      const found = await client.get(`/routes/${encodeURIComponent(number)}${query}`, route);
      if (options.json === true) printJson(found);
      else printRoute(found);
    });

  program
    .command('calls')
    .description('calls, newest first')
    .option('--since <duration>', 'how far back, such as 15m, 7d (default 1h)', duration)
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { since?: number }>();
      const since = new Date(Date.now() - (options.since ?? hourMs)).toISOString();
      const client = await adminClient(options);
      const query = new URLSearchParams({ since, limit: String(maxCalls) });
      const found = await client.get(`/calls?${query.toString()}`, calls);
      if (options.json === true) printJson(found);
      else printCalls(found, maxCalls);
    });
}

/** A command that fetches one thing and prints it. */
function show<T>(
  parent: Command,
  name: string,
  description: string,
  path: string,
  schema: z.ZodType<T>,
  print: (value: T) => void,
): void {
  parent
    .command(name)
    .description(description)
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const value = await (await adminClient(options)).get(path, schema);
      if (options.json === true) printJson(value);
      else print(value);
    });
}

/** On a terminal a key is pasted as one line; from a pipe or file all of it is the key. */
async function askForKey(): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question('Authorization key: ');
  } finally {
    terminal.close();
  }
}

function duration(given: string): number {
  const ms = parseDuration(given);
  if (ms === undefined) throw new InvalidArgumentError('Write a number and s, m, h or d, such as 72h.');
  return ms;
}
