import { Argument } from 'commander';
import { number, numbers, remoteNumbers } from '../../admin/schema.ts';
import { adminClient } from '../admin-client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { printJson, printLine } from '../output.ts';
import { printNumbers, printRemoteNumbers } from '../number-tables.ts';

/** Adds `number list` and `number private`. */
export function addNumberCommands(program: CliCommand): void {
  const group = program
    .command('number')
    .summary('list internal numbers, make one private')
    .description('Internal numbers.');
  group
    .command('list')
    .summary('list the numbers of this system, or of linked systems')
    .description(
      'Lists the numbers of this system, or with --remote those that linked systems share, and what somebody here gets who dials one.',
    )
    .option('--remote', 'the numbers of linked systems, and who wins where two have the same')
    .withExamples(
      ['interlinks number list', 'What this system has, and what of it others can reach.'],
      ['interlinks number list --remote', 'What can be dialed from here.'],
    )
    .answering(numbers.or(remoteNumbers))
    .action(async (_options: object, command: CliCommand) => {
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
  group
    .command('private')
    .argument('<number>', 'a number of this system')
    .addArgument(new Argument('<state>', 'on: linked systems cannot reach it').choices(['on', 'off']))
    .summary('keep a number from linked systems, or share it')
    .description(
      'Keeps a number from linked systems (on), or shares it with them (off). It is written into the configuration file, comments kept, and in force for the very next call when the command returns.',
    )
    .withExamples(
      ['interlinks number private 190 on', 'To linked systems 190 does not exist any more.'],
      ['interlinks number private 190 off', 'They can dial it again.'],
    )
    .answering(number)
    .action(async (given: string, state: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const path = `/numbers/${encodeURIComponent(given)}`;
      const changed = await client.patch(path, { private: state === 'on' }, number);
      if (options.json === true) printJson(changed);
      else if (changed.private) printLine(`${given} is private: to linked systems it does not exist.`);
      else printLine(`${given} is shared with linked systems.`);
    });
}
