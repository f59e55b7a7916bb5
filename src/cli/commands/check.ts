import type { Command } from 'commander';
import { ConfigInvalidError, loadConfig, type LoadedConfig } from '../../config/load.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import type { GlobalOptions } from '../main.ts';
import { printJson, printLine } from '../output.ts';

/** Adds `check`, which looks at a configuration file without the service. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .argument('[file]', 'configuration file; left out: the one of --config')
    .description('check a configuration file and name every problem by line and column')
    .action(async (file: string | undefined, _options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { problems, warnings, config, restart } = await examine(file ?? options.config);
      if (options.json === true) printJson({ problems, warnings, restart });
      else {
        for (const problem of problems) process.stderr.write(`${formatProblem(problem)}.\n`);
        for (const warning of warnings) process.stderr.write(`warning: ${formatProblem(warning)}.\n`);
        if (config !== undefined) printLine(summary(file ?? options.config, config, restart));
      }
      if (problems.length > 0) process.exitCode = 1;
    });
}

interface Findings {
  readonly config?: LoadedConfig['config'];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The settings in the file of which a change takes a restart of the service. */
  readonly restart: readonly string[];
}

async function examine(file: string): Promise<Findings> {
  try {
    const { config, warnings, restart } = await loadConfig(file, process.env);
    return { config, problems: [], warnings, restart };
  } catch (error) {
    if (error instanceof ConfigInvalidError) return { problems: error.problems, warnings: [], restart: [] };
    throw error;
  }
}

function summary(file: string, { numbers }: LoadedConfig['config'], restart: readonly string[]): string {
  const hidden = numbers.filter((number) => number.private).length;
  const found = `${file}: no problems. ${numbers.length} numbers, ${hidden} of them private.`;
  if (restart.length === 0) return found;
  return `${found}\nA running service takes over changes at once, but a change of these at a restart: ${restart.join(', ')}.`;
}
