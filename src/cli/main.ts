import { Command, CommanderError, Option } from 'commander';
import { addAdminCommands } from './commands/admin.ts';
import { addCheckCommand } from './commands/check.ts';
import { addStatusCommand } from './commands/status.ts';
import { addInterlinkCommands } from './commands/change-interlink.ts';
import { printFailure } from './output.ts';
import { fail, FailureError } from '../domain/failure.ts';
import { version } from '../domain/version.ts';

const DEFAULT_CONFIG = '/etc/interlinks/interlinks.yaml';

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
      new Option('-c, --config <file>', 'configuration file')
        .env('INTERLINKS_CONFIG')
        .default(DEFAULT_CONFIG),
    )
    .option('--json', 'print JSON')
    .showHelpAfterError('See interlinks --help.')
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

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const failure =
      error instanceof FailureError
        ? error.failure
        : fail('internal', `Unexpected: ${String(error)}`, 'Please report it.').failure;
    printFailure(failure, process.argv.includes('--json'));
    process.exitCode = 1;
  }
}
