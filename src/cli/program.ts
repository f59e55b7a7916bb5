import { Option } from 'commander';
import { version } from '../domain/version.ts';
import { CliCommand, type GlobalOptions } from './command.ts';
import { addAccessCommands } from './commands/tokens.ts';
import { addCallsCommand } from './commands/list-calls.ts';
import { addCheckCommand } from './commands/check.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addInterlinkCommands } from './commands/manage-interlinks.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addNumberCommands } from './commands/numbers.ts';
import { addRouteCommand } from './commands/route.ts';
import { addStatusCommand } from './commands/status.ts';

const defaultConfig = '/etc/interlinks/interlinks.yaml';

/** The `interlinks` command with all its subcommands. Help, version and misuse are thrown, nothing exits. */
export function buildProgram(): CliCommand {
  const program = new CliCommand('interlinks')
    .description('Joins Asterisk phone systems, so that people dial each other’s internal numbers directly.')
    .version(version, '-V, --version', 'print the version')
    .addOption(
      new Option('-c, --config <file>', 'configuration file').env('INTERLINKS_CONFIG').default(defaultConfig),
    )
    .option('--json', 'print JSON, errors as well')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpCommand(
      new CliCommand('help').argument('[command]').summary('explain a command').helpGroup('The service:'),
    );
  program.commandsGroup('Link systems:');
  addKeyCommands(program);
  addInterlinkCommands(program);
  addStatusCommand(program);
  program.commandsGroup('Numbers and calls:');
  addNumberCommands(program);
  addRouteCommand(program);
  addCallsCommand(program);
  program.commandsGroup('The service:');
  addServeCommand(program);
  addCheckCommand(program);
  addDoctorCommand(program);
  addAccessCommands(program);
  addCompletionCommands(program);
  return program;
}

function addServeCommand(program: CliCommand): void {
  program
    .command('serve')
    .summary('run the service in the foreground')
    .description(
      'Runs the service in the foreground until SIGTERM or Ctrl-C; the log goes to stdout. SIGHUP lets it read its configuration again.',
    )
    .withExamples(['interlinks serve', 'With /etc/interlinks/interlinks.yaml, as the systemd unit does.'])
    .action(async (_options: object, command: CliCommand) => {
      const { serve } = await import('../main.ts');
      await serve(command.optsWithGlobals<GlobalOptions>().config);
    });
}
