import { readFile } from 'node:fs/promises';
import type { Config } from './config.ts';
import { excerpt, pathText, type Path, type Problem } from './problem.ts';
import { Secret, type Secrets } from './secret.ts';
import type { YamlTree } from './yaml-tree.ts';

/** Where a secret may come from: a variable that is set and not empty comes before the file. */
interface Source {
  readonly section: Path;
  readonly file: string | undefined;
  readonly variable: string;
}

/** Reads the secrets that a configuration refers to: all of them, or the problems. */
export async function readSecrets(
  { asterisk: { ari, ami }, database }: Config,
  tree: YamlTree,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly secrets?: Secrets; readonly problems: readonly Problem[] }> {
  const reader = new SecretReader(tree, env);
  const ariPassword = await reader.required({
    section: ['asterisk', 'ari'],
    file: ari.passwordFile,
    variable: 'INTERLINKS_ARI_PASSWORD',
  });
  const amiPassword = await reader.required({
    section: ['asterisk', 'ami'],
    file: ami.passwordFile,
    variable: 'INTERLINKS_AMI_PASSWORD',
  });
  const databasePassword =
    database &&
    (await reader.optional({
      section: ['database'],
      file: database.passwordFile,
      variable: 'INTERLINKS_DATABASE_PASSWORD',
    }));
  const { problems } = reader;
  if (ariPassword === undefined || amiPassword === undefined || problems.length > 0) return { problems };
  return { secrets: { ariPassword, amiPassword, databasePassword }, problems };
}

class SecretReader {
  readonly problems: Problem[] = [];
  readonly #tree: YamlTree;
  readonly #env: NodeJS.ProcessEnv;

  constructor(tree: YamlTree, env: NodeJS.ProcessEnv) {
    this.#tree = tree;
    this.#env = env;
  }

  async required(source: Source): Promise<Secret | undefined> {
    if (source.file === undefined && !this.#env[source.variable]) {
      const remedy = `Name a file that holds it as passwordFile, or set ${source.variable}`;
      return this.#refuse(source, `There is no password for ${pathText(source.section)}`, remedy);
    }
    return this.optional(source);
  }

  async optional(source: Source): Promise<Secret | undefined> {
    const { file, variable } = source;
    const fromEnvironment = this.#env[variable];
    if (fromEnvironment) return this.#check(source, fromEnvironment, variable);
    if (file === undefined) return undefined;
    try {
      return this.#check(source, (await readFile(file, 'utf8')).replace(/\r?\n$/, ''), excerpt(file));
    } catch (error) {
      return this.#refuse(
        source,
        `${excerpt(file)} ${unreadable(error)}`,
        'Create it, readable for Interlinks only',
      );
    }
  }

  #check(source: Source, value: string, origin: string): Secret | undefined {
    if (value === '') return this.#refuse(source, `${origin} is empty`, 'Write the password into it');
    if (/\p{Cc}/u.test(value)) {
      return this.#refuse(
        source,
        `${origin} holds more than one line`,
        'Write the password into it and nothing else',
      );
    }
    return new Secret(value);
  }

  #refuse(source: Source, message: string, remedy: string): undefined {
    this.problems.push(this.#tree.problem('value', [...source.section, 'passwordFile'], { message, remedy }));
  }
}

/** Why a file cannot be read, in plain words. */
export function unreadable(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user';
    case 'EISDIR':
      return 'is a directory';
    default:
      return 'cannot be read';
  }
}
