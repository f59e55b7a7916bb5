import { parseConfig } from '../parse.ts';

/** The shortest valid file: three lines. */
export const minimal = `\
system: { name: Berlin }
peer: { url: "https://pbx.berlin.example:8443" }
numbers: []
`;

/** For tests: each problem as `line:column path | message | remedy`. */
export function problemsOf(text: string): string[] {
  return parseConfig(text, 'interlinks.yaml').problems.map(
    ({ line, column, path, message, remedy }) => `${line}:${column} ${path} | ${message} | ${remedy}`,
  );
}

/** A file whose third line has these numbers, the first entry in column 11. */
export function withNumbers(entries: string): string {
  return minimal.replace('numbers: []', `numbers: [${entries}]`);
}
