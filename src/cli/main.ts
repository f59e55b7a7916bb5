import { Command, CommanderError, Option } from 'commander';
import { addAdminCommands } from './commands/admin.ts';
import { addCheckCommand } from './commands/check.ts';
import { addStatusCommand } from './commands/status.ts';
import { addInterlinkCommands } from './commands/change-interlink.ts';
import { printFailure } from './output.ts';
import { fail, FailureError, type Failure } from '../domain/failure.ts';
import { version } from '../domain/version.ts';

const defaultConfig = '/etc/interlinks/interlinks.yaml';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config: string;
  readonly json?: boolean;
}

function program(): Command {
  const interlinks = new Command('interlinks')
    .description('Join Asterisk phone systems, so that people dial each other’s internal numbers directly.')
    .version(version, '-V, --version', 'print the version')
    .addOption(
      new Option('-c, --config <file>', 'configuration file').env('INTERLINKS_CONFIG').default(defaultConfig),
    )
    .option('--json', 'print JSON')
    // Its errors are told below, in the form of all others.
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  interlinks
    .command('serve')
    .description('run the service in the foreground')
    .action(async (_options: object, command: Command) => {
      const { serve } = await import('../main.ts');
      await serve(command.optsWithGlobals<GlobalOptions>().config);
    });
  addCheckCommand(interlinks);
  addAdminCommands(interlinks);
  addStatusCommand(interlinks);
  addInterlinkCommands(interlinks);
  return interlinks;
}

/** Help that was asked for, or that took the place of a missing command, has been printed. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
}

/** 2 for a command that is not understood, as is usual. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) return 1;
  return error.exitCode === 0 ? 0 : 2;
}

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    return fail('request-invalid', message, 'See "interlinks --help"').failure;
  }
  return fail('internal', `Unexpected: ${String(error)}`, 'Please report it.').failure;
}

try {
  await program().parseAsync();
} catch (error) {
  if (!isHelp(error)) printFailure(failureOf(error), process.argv.includes('--json'));
  process.exitCode = exitCodeOf(error);
}
