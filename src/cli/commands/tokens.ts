import { Option } from 'commander';
import { createdToken, signInLink, token, tokens, type TokenView } from '../../admin/access-schema.ts';
import { accessScopes } from '../../domain/access-scope.ts';
import { FailureError } from '../../domain/failure.ts';
import { adminClient } from '../admin-client.ts';
import type { AdminClient } from '../client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { duration } from '../duration.ts';
import { localTime } from '../local-time.ts';
import { printJson, printLine } from '../output.ts';
import { printTable } from '../table.ts';

type CreateOptions = GlobalOptions & { scope: string; expires?: number };

/** Adds `open`, which signs a browser in, and `token`, for scripts. */
export function addAccessCommands(program: CliCommand): void {
  program
    .command('open')
    .summary('sign in to the page in a browser')
    .description(
      'Prints a link that opens the page in a browser and signs it in: once, within 5 minutes, for 24 hours. Where the browser is on another machine, forward the port of admin.listen to this one.',
    )
    .withExamples(
      ['interlinks open', 'Click on the link.'],
      [
        'ssh -L 8420:127.0.0.1:8420 root@pbx.berlin.example',
        'From a machine of your own; type `interlinks open` there, and stay signed in while you use the page.',
      ],
    )
    .answering(signInLink)
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const link = await (await adminClient(options)).post('/sign-in-links', {}, signInLink);
      if (options.json === true) printJson(link);
      else printLine(link.url);
    });

  const group = program
    .command('token')
    .summary('tokens for scripts that use the admin API')
    .description('Tokens of the admin API.');
  group
    .command('create')
    .argument('<name>', 'what the token is for')
    .summary('make a token for a script')
    .description(
      'Makes a token for a script that uses the admin API. The secret alone is printed, this once.',
    )
    .addOption(
      new Option('--scope <scope>', 'read: look; write: change as well')
        .choices([...accessScopes])
        .default('read'),
    )
    .option('--expires <duration>', 'how long it holds (default: until it is revoked)', duration)
    .withExamples(
      ['interlinks token create Dashboard', 'May look, and change nothing.'],
      ['interlinks token create Provisioning --scope write --expires 30d', 'May do what an admin may.'],
    )
    .answering(createdToken)
    .action(async (name: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const { scope, expires } = options;
      const expiresIn = expires === undefined ? undefined : Math.round(expires / 1000);
      const made = await (
        await adminClient(options)
      ).post('/tokens', { name, scope, expiresIn }, createdToken);
      if (options.json === true) printJson(made);
      else printLine(made.secret);
    });
  group
    .command('list')
    .summary('list tokens and signed-in browsers')
    .description('Lists the tokens of scripts and the sessions of browsers, with their last use.')
    .withExamples(['interlinks token list', 'Who can do what, and who still does?'])
    .answering(tokens)
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await (await adminClient(options)).get('/tokens', tokens);
      if (options.json === true) printJson(found);
      else printTokens(found.tokens);
    });
  group
    .command('revoke')
    .argument('<token>', 'its name, or the id that "token list" shows')
    .summary('end a token or a browser’s session at once')
    .description('Ends a token or a browser’s session at once. A name ends all that are called so.')
    .withExamples(['interlinks token revoke Dashboard', 'The script is refused from now on.'])
    .answering(tokens)
    .action(async (name: string, _options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const client = await adminClient(options);
      const ended = await Promise.all(
        (await findTokens(client, name)).map((one) => client.delete(`/tokens/${one.id}`, token)),
      );
      if (options.json === true) printJson({ tokens: ended });
      else for (const one of ended) printLine(`Revoked ${described(one)}.`);
    });
}

function printTokens(all: readonly TokenView[]): void {
  if (all.length === 0) {
    printLine('There are no tokens, and no browser is signed in.');
    return;
  }
  printTable(
    ['NAME', 'KIND', 'MAY', 'CREATED', 'LAST USED', 'EXPIRES', 'ID'],
    all.map(({ name, kind, scope, createdAt, lastUsedAt, expiresAt, id }) => [
      name,
      kind === 'session' ? 'browser' : 'token',
      scope,
      time(createdAt),
      time(lastUsedAt),
      time(expiresAt),
      id,
    ]),
  );
}

function time(iso: string | undefined): string {
  return iso === undefined ? '–' : localTime(iso);
}

async function findTokens(client: AdminClient, wanted: string): Promise<readonly TokenView[]> {
  const { tokens: all } = await client.get('/tokens', tokens);
  const found = all.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (found.length > 0) return found;
  throw new FailureError('not-found', `There is no token "${wanted}"`, 'See "interlinks token list"');
}

function described({ kind, name }: TokenView): string {
  return kind === 'session' ? `the session of "${name}"` : `the token "${name}"`;
}
