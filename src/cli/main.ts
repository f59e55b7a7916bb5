import { CommanderError } from 'commander';
import { fail, FailureError, type Failure } from '../domain/failure.ts';
import { MisuseError } from './command.ts';
import { endWithOutput, printFailure } from './output.ts';
import { buildProgram } from './program.ts';

/** Help and version have been printed; help that took the place of a missing command is no success. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof MisuseError ? 2 : 1;
}

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  return fail('internal', `Unexpected: ${String(error)}`, 'Please report it').failure;
}

endWithOutput();
try {
  await buildProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) printFailure(failureOf(error), process.argv.includes('--json'));
  process.exitCode = exitCodeOf(error);
}
