import type { CliCommand } from './command.ts';
import { jsonShape } from './json-shape.ts';

/** The line of docs/commands.md from which on it is made from the commands. */
const marker = '## The commands\n';

/**
 * Puts into docs/commands.md what it says of each command: made from what `--help` is made from.
 *
 * @param document its present content  @returns the new content, as Markdown that is not formatted yet
 */
export function withCommandReference(document: string, program: CliCommand): string {
  const kept = document.slice(0, document.indexOf(marker) + marker.length);
  return `${kept}\n${leaves(program).map(section).join('\n')}`;
}

function leaves(command: CliCommand): readonly CliCommand[] {
  const { subcommands } = command;
  return subcommands.length === 0 ? [command] : subcommands.flatMap(leaves);
}

function section(command: CliCommand): string {
  const parts = [
    ...command.registeredArguments.map((argument) =>
      row(
        argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
        argument.description,
        argument.argChoices,
      ),
    ),
    ...command.options.map(({ flags, description, argChoices }) => row(flags, description, argChoices)),
  ];
  const table = parts.length === 0 ? [] : ['|  |  |', '| --- | --- |', ...parts, ''];
  const examples = command.examples.map(([line, purpose]) => `- \`${line}\`: ${purpose}`);
  const json =
    command.answer === undefined
      ? []
      : ['', 'With `--json`:', '', '```text', jsonShape(command.answer), '```'];
  return [
    `### ${command.path}`,
    '',
    `\`${command.path} ${command.usage()}\``,
    '',
    command.description(),
    '',
    ...table,
    ...examples,
    ...json,
    '',
  ].join('\n');
}

function row(name: string, description: string, choices: readonly string[] | undefined): string {
  const values = choices === undefined ? '' : ` (${choices.join(', ')})`;
  return `| \`${name.replaceAll('|', '\\|')}\` | ${description}${values} |`;
}
