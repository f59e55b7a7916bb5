import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import {
  ConfigInvalidError,
  loadSource,
  parseSource,
  readSource,
  sourceOf,
  type ReadConfig,
} from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { printJson, printLine, printNotice, sentence } from '../output.ts';

const place = z.object({
  file: z.string(),
  /** Both count from 1. */
  line: z.number().int(),
  column: z.number().int(),
  /** Such as `numbers[3].ring`; empty for the file as a whole. */
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
});

/** What `check --json` prints. */
export const findings = z.object({
  problems: z.array(place),
  warnings: z.array(place),
  /** The settings in the file of which a change takes a restart of the service. */
  restart: z.array(z.string()),
});

type CheckOptions = GlobalOptions & { secrets: boolean };

/** Adds `check`, which looks at a configuration file without the service. */
export function addCheckCommand(program: CliCommand): void {
  program
    .command('check')
    .argument('[file]', 'configuration file, - for standard input; left out: the one of --config')
    .summary('check a configuration file, without the service')
    .description(
      'Checks a configuration file, without the service, and names every problem by file, line and column, with its remedy. Warnings alone are no failure. Password files are looked at as well.',
    )
    .option('--no-secrets', 'do not look for the passwords, as on a machine that has none of them')
    .withExamples(
      ['interlinks check', 'Before the service is started or restarted.'],
      [
        'interlinks check --no-secrets interlinks.yaml',
        'In a pipeline, before the file is sent to the machine.',
      ],
      ['git show HEAD:interlinks.yaml | interlinks check --no-secrets -', 'A text from elsewhere.'],
    )
    .answering(findings)
    .action(async (given: string | undefined, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const file = given ?? options.config;
      const { problems, warnings, restart, config } = await examine(file, options.secrets);
      if (options.json === true) printJson({ problems, warnings, restart });
      else {
        for (const problem of problems) printNotice(sentence(formatProblem(problem)));
        for (const warning of warnings) printNotice(sentence(`warning: ${formatProblem(warning)}`));
        if (config !== undefined) printSummary(file, config, restart);
      }
      if (problems.length > 0) process.exitCode = 1;
    });
}

type Findings = z.infer<typeof findings> & { readonly config?: ReadConfig['config'] };

async function examine(file: string, withSecrets: boolean): Promise<Findings> {
  try {
    const source = file === '-' ? sourceOf('<stdin>', await buffer(process.stdin)) : await readSource(file);
    const { config, warnings, restart } = withSecrets
      ? await loadSource(source, process.env)
      : parseSource(source);
    return { config, problems: [], warnings: [...warnings], restart: [...restart] };
  } catch (error) {
    if (error instanceof ConfigInvalidError)
      return { problems: [...error.problems], warnings: [], restart: [] };
    throw error;
  }
}

function printSummary(file: string, { numbers }: ReadConfig['config'], restart: readonly string[]): void {
  const hidden = numbers.filter((number) => number.private).length;
  printLine(`${file}: no problems. ${numbers.length} numbers, ${hidden} of them private.`);
  if (restart.length === 0) return;
  printLine(
    `A running service takes over changes at once, but a change of these at a restart: ${restart.join(', ')}.`,
  );
}
