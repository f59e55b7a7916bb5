import { Command } from 'commander';
import type { z } from 'zod';
import { FailureError } from '../domain/failure.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** What is typed, and what it is for. */
export type Example = readonly [line: string, purpose: string];

/** The command line is not understood. */
export class MisuseError extends FailureError {}

/** A command that also knows what docs/commands.md says of it. */
export class CliCommand extends Command {
  examples: readonly Example[] = [];
  /** What it prints with `--json`. */
  answer: z.ZodType | undefined;

  override createCommand(name?: string): CliCommand {
    return new CliCommand(name);
  }

  /** The name with those of the commands above it, as it is typed. */
  get path(): string {
    return this.parent instanceof CliCommand ? `${this.parent.path} ${this.name()}` : this.name();
  }

  /** The commands below it that are shown to people. */
  get subcommands(): readonly CliCommand[] {
    return (this.commands as readonly CliCommand[]).filter((inner) => !inner.name().startsWith('_'));
  }

  /** Examples stand in the help, below the options. */
  withExamples(...examples: readonly Example[]): this {
    this.examples = examples;
    const lines = examples.map(([line, purpose]) => `  ${line}\n      ${purpose}`);
    return this.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  }

  answering(schema: z.ZodType): this {
    this.answer = schema;
    return this;
  }

  override error(message: string): never {
    const text = message.replace(/^error: /, '');
    throw new MisuseError('request-invalid', text, `See "${this.path} --help"`);
  }
}
