import type { Argument, Option } from 'commander';
import type { CliCommand } from '../command.ts';
import type { Candidate } from './values.ts';

/** Where in a command line the word stands that is to be completed. */
export interface Place {
  readonly command: CliCommand;
  /** The argument, or the value of an option, that stands there. */
  readonly wanted: { readonly name: string; readonly choices: readonly string[] | undefined } | undefined;
  readonly isOptionValue: boolean;
  readonly commands: readonly Candidate[];
  readonly options: readonly Candidate[];
  /** The one of `--config`, where it is among the words. */
  readonly configFile: string | undefined;
}

/** Reads the words before the one that is to be completed. */
export function readPlace(program: CliCommand, words: readonly string[]): Place {
  let command = program;
  let configFile: string | undefined;
  let valueOf: Option | undefined;
  let taken = 0;
  for (const word of words) {
    if (valueOf !== undefined) {
      if (valueOf.long === '--config') configFile = word;
      valueOf = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [name, value] = word.split(/=(.*)/s, 2);
      const option = optionsOf(command).find(({ long, short }) => long === name || short === name);
      if (value !== undefined && option?.long === '--config') configFile = value;
      if (value === undefined && option?.required === true) valueOf = option;
    } else {
      const inner = command.subcommands.find((candidate) => candidate.name() === word);
      if (inner === undefined) taken += 1;
      else command = inner;
    }
  }
  return {
    command,
    wanted: valueOf === undefined ? argumentAt(command, taken) : valueOfOption(valueOf),
    isOptionValue: valueOf !== undefined,
    commands: (taken === 0 ? command.subcommands : []).map((inner) => ({
      value: inner.name(),
      about: inner.summary(),
    })),
    options: optionsOf(command).map(({ long, description }) => ({ value: long ?? '', about: description })),
    configFile,
  };
}

function optionsOf(command: CliCommand): readonly Option[] {
  const above = command.parent === null ? [] : optionsOf(command.parent as CliCommand);
  return [...command.options, ...above];
}

function argumentAt(command: CliCommand, index: number): Place['wanted'] {
  const argument: Argument | undefined = command.registeredArguments[index];
  return argument && { name: argument.name(), choices: argument.argChoices };
}

function valueOfOption({ flags, argChoices }: Option): Place['wanted'] {
  return { name: /<(.+)>/.exec(flags)?.[1] ?? '', choices: argChoices };
}
