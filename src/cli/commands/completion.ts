import { Argument } from 'commander';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { complete } from '../completion/complete.ts';
import { completionScripts } from '../completion/scripts.ts';

const shells = Object.keys(completionScripts) as (keyof typeof completionScripts)[];

/** Adds `completion`, and the hidden command that the scripts it prints call at each press of Tab. */
export function addCompletionCommands(program: CliCommand): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .summary('print a script that completes commands on Tab')
    .description(
      'Prints a script for a shell, which then completes commands, options, files, and from the running service the names of interlinks and numbers.',
    )
    .withExamples(
      [
        'interlinks completion bash > /etc/bash_completion.d/interlinks',
        'For all users; needs the package bash-completion.',
      ],
      [
        'interlinks completion zsh > /usr/local/share/zsh/site-functions/_interlinks',
        'For all users of zsh.',
      ],
      ['interlinks completion fish > /etc/fish/completions/interlinks.fish', 'For all users of fish.'],
      ['source <(interlinks completion bash)', 'For this shell alone.'],
    )
    .action((shell: keyof typeof completionScripts) => {
      process.stdout.write(completionScripts[shell]);
    });

  program
    .command('__complete', { hidden: true })
    .argument('[words...]', 'what stands after "interlinks", the last one up to the cursor')
    .helpOption(false)
    .action(async (words: readonly string[], _options: object, command: CliCommand) => {
      const { config } = command.optsWithGlobals<GlobalOptions>();
      for (const line of await complete(program, words, config)) process.stdout.write(`${line}\n`);
    });
}
