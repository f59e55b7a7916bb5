import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import { generatedKey, interlink } from '../../admin/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { adminClient } from '../admin-client.ts';
import { ask } from '../ask.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { duration } from '../duration.ts';
import { printJson, printLine } from '../output.ts';

interface KeyOptions extends GlobalOptions {
  trunk?: string;
  plain?: boolean;
  expires?: number;
  url?: string;
  trunkAddress?: string;
}

/** Adds the commands by which two systems are linked: `key new` on one side, `link` on the other. */
export function addKeyCommands(program: CliCommand): void {
  const key = program
    .command('key')
    .summary('generate an authorization key')
    .description('Authorization keys.');
  key
    .command('new')
    .argument('<name>', 'what to call the interlink here')
    .summary('generate an authorization key')
    .description(
      'Generates an authorization key, which the admin of the other system enters with "interlinks link". The key alone is printed. It works once; send it in a way that you trust. Until it is entered, "interlinks delete" revokes it.',
    )
    .addOption(
      new Option('--trunk <kind>', 'kind of trunk (default: the first of trunk.protocols)').choices([
        'pjsip',
        'iax2',
      ]),
    )
    .option('--plain', 'calls without encryption; the other admin has to say so as well')
    .option('--expires <duration>', 'how long the key can be entered, 10m to 30d (default: 72h)', duration)
    .option('--url <url>', 'how the other system reaches this one, instead of peer.url')
    .option('--trunk-address <host>', 'where the other system sends calls, instead of trunk.address')
    .withExamples(
      ['interlinks key new Lisbon', 'The other system will be called Lisbon here.'],
      ['interlinks key new Lisbon --expires 7d', 'The other admin is back next week.'],
      [
        'interlinks key new Warehouse --url https://10.8.0.1:8443 --trunk-address 10.8.0.1',
        'Warehouse reaches this system over a VPN.',
      ],
    )
    .answering(generatedKey)
    .action(async (name: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const client = await adminClient(options);
      const { trunk, plain, expires, url, trunkAddress } = options;
      const expiresIn = expires === undefined ? undefined : Math.round(expires / 1000);
      const wanted = { name, trunk, plain, expiresIn, url, trunkAddress };
      const made = await client.post('/keys', wanted, generatedKey);
      if (options.json === true) printJson(made);
      else printLine(made.key);
    });

  program
    .command('link')
    .argument('<name>', 'what to call the interlink here')
    .argument('[key]', 'the authorization key; read from standard input when left out')
    .summary('enter an authorization key')
    .description(
      'Links this system to the one that generated the authorization key. Without the key as an argument it is asked for, or read from a pipe; then it does not stay in the history of the shell.',
    )
    .option('--plain', 'agree to calls without encryption, if the key was generated for such')
    .withExamples(
      ['interlinks link Berlin', 'Asks for the key; paste it.'],
      ['interlinks link Berlin < key.txt', 'The key is in a file.'],
    )
    .answering(interlink)
    .action(async (name: string, entered: string | undefined, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions & { plain?: boolean }>();
      const client = await adminClient(options);
      const linked = await client.post(
        '/interlinks',
        { name, key: entered ?? (await askForKey()), plain: options.plain },
        interlink,
      );
      if (options.json === true) printJson(linked);
      else if (linked.state === 'active') printLine(`Linked to ${linked.peer?.name} as "${linked.name}".`);
      else
        printLine(
          `The other system has not answered yet. "${linked.name}" goes on trying for 10 minutes; see interlinks list.`,
        );
    });
}

/** On a terminal a key is pasted as one line; from a pipe or file all of it is the key. */
async function askForKey(): Promise<string> {
  const key = process.stdin.isTTY ? await ask('Authorization key: ') : await text(process.stdin);
  if (key !== undefined && key.trim() !== '') return key;
  throw new FailureError(
    'key-mistyped',
    'No authorization key was entered',
    'Paste the key that "interlinks key new" printed on the other system',
  );
}
