import type { Config } from './config.ts';
import { explainIssue } from './explain.ts';
import type { Problem } from './problem.ts';
import { checkRules, findWarnings } from './rules.ts';
import { settingsSchema } from './schema.ts';
import { toConfig } from './to-config.ts';
import { wantedPrivate } from './wanted-private.ts';
import { readYaml } from './yaml-source.ts';
import type { YamlTree } from './yaml-tree.ts';

/** The outcome of reading a configuration: a config exactly when there is no problem. */
export interface ParsedConfig {
  readonly config?: Config;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** What is allowed and yet hardly meant; looked for only when there is no problem. */
  readonly warnings: readonly Problem[];
}

/** Reads the text of an `interlinks.yaml`. Never throws. Secrets are not looked at. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const { config, problems, warnings } = parseWithPlaces(text, file);
  return { ...(config && { config }), problems, warnings };
}

interface ParsedWithPlaces extends ParsedConfig {
  readonly tree?: YamlTree;
  /** Of a file with problems: the numbers that it means to be private, as far as it can be read. */
  readonly wantedPrivate?: readonly string[];
}

/** As parseConfig, and with the tree that knows where each value stands. */
export function parseWithPlaces(text: string, file: string): ParsedWithPlaces {
  const { tree, document, problems: yamlProblems } = readYaml(text, file);
  const refuse = (found: readonly Problem[]) => ({
    problems: found,
    warnings: [],
    wantedPrivate: document === undefined ? [] : wantedPrivate(document),
  });
  if (tree === undefined) return refuse(yamlProblems);

  const parsed = settingsSchema.safeParse(tree.value);
  const issues = parsed.error?.issues.flatMap((issue) => explainIssue(issue, tree)) ?? [];
  const problems = firstOfEachPath([...yamlProblems, ...checkRules(tree), ...issues]);
  if (problems.length > 0 || !parsed.success) return { ...refuse(problems), tree };

  const config = toConfig(parsed.data, file);
  return { config, problems, warnings: findWarnings(config, tree), tree };
}

/** One flaw often shows itself more than once: a number without quotes is also no text. The first says it best. */
function firstOfEachPath(problems: readonly Problem[]): Problem[] {
  const byPath = new Map<string, Problem>();
  for (const problem of problems) if (!byPath.has(problem.path)) byPath.set(problem.path, problem);
  return [...byPath.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}
