import { findings, interlinks, system, type FindingView, type InterlinkView } from '../../admin/schema.ts';
import { ConfigInvalidError, loadConfig, type LoadedConfig } from '../../config/load.ts';
import { fine, notChecked, problem } from '../../doctor/finding.ts';
import { FailureError } from '../../domain/failure.ts';
import { hostAndPort } from '../../domain/host.ts';
import { Limiter } from '../../domain/limiter.ts';
import { AdminClient } from '../client.ts';
import type { CliCommand, GlobalOptions } from '../command.ts';
import { findInterlink } from '../find-interlink.ts';
import { printFindings } from '../findings.ts';
import { printJson } from '../output.ts';

const testsAtOnce = 4;

/** Adds `doctor`, which finds out what is wrong. */
export function addDoctorCommand(program: CliCommand): void {
  program
    .command('doctor')
    .summary('find out what is wrong, with remedies')
    .description(
      'Looks at the files of the service, Asterisk, every interlink and its sound, and says what is wrong and what to do about it. Works without the service, as far as that goes. Warnings alone are no failure.',
    )
    .option('--interlink <name>', 'look at this interlink only')
    .withExamples(
      ['interlinks doctor', 'After the installation, and whenever something does not work.'],
      ['interlinks doctor --interlink Lisbon', 'Why does nobody there hear us?'],
    )
    .answering(findings)
    .action(async (_options: object, command: CliCommand) => {
      const options = command.optsWithGlobals<GlobalOptions & { interlink?: string }>();
      const found = await examine(options.config, options.interlink);
      if (options.json === true) printJson({ findings: found });
      else printFindings(found);
      if (found.some(({ level }) => level === 'problem')) process.exitCode = 1;
    });
}

async function examine(file: string, interlink: string | undefined): Promise<readonly FindingView[]> {
  const loaded = await load(file);
  if ('flaws' in loaded) return loaded.flaws;
  const { config, secrets } = loaded;
  const { listen } = config.admin;
  const client = new AdminClient({ ...listen, dataDir: config.dataDir });
  const away = await whyAway(client);
  if (away === undefined) return await askService(client, file, interlink);
  const { examineSystem } = await import('../../doctor/examine-system.ts');
  return [
    fine('config', file, 'The configuration is valid'),
    ...(await examineSystem({ configFile: file, config, secrets, service: undefined })),
    notChecked('service', hostAndPort(listen), away),
    notChecked('peer', 'interlinks', away),
    notChecked('media', 'interlinks', away),
  ];
}

/** The configuration and its secrets, or what is wrong with it: then nothing else can be looked at. */
async function load(file: string): Promise<LoadedConfig | { readonly flaws: readonly FindingView[] }> {
  try {
    return await loadConfig(file, process.env);
  } catch (error) {
    if (error instanceof ConfigInvalidError) {
      const flaws = error.problems.map(({ line, column, message, remedy }) =>
        problem('config-invalid', `${file}:${line}:${column}`, message, remedy),
      );
      return { flaws };
    }
    if (!(error instanceof FailureError)) throw error;
    const { message, remedy } = error.failure;
    return { flaws: [problem('config-unreadable', file, message, remedy)] };
  }
}

/** @returns why the service cannot be asked; undefined when it can */
async function whyAway(client: AdminClient): Promise<string | undefined> {
  try {
    await client.get('/system', system);
    return undefined;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return error.failure.code === 'daemon-unreachable' ? 'the service is not running' : error.failure.message;
  }
}

async function askService(
  client: AdminClient,
  file: string,
  name: string | undefined,
): Promise<readonly FindingView[]> {
  const wanted = name === undefined ? undefined : await findInterlink(client, name);
  const all = wanted === undefined ? (await client.get('/interlinks', interlinks)).interlinks : [wanted];
  const active = all.filter(({ state }) => state === 'active');
  const { findings: found } = await client.get('/problems', findings);
  const sound = await testSound(client, active);
  if (wanted !== undefined) return [...found.filter(({ where }) => where === wanted.name), ...sound];
  return [fine('config', file, 'The configuration is valid'), ...found, ...sound];
}

/** A few at a time: a test call takes about 3 s and costs each Asterisk a channel or two. */
async function testSound(
  client: AdminClient,
  interlinks: readonly InterlinkView[],
): Promise<readonly FindingView[]> {
  const limiter = new Limiter(testsAtOnce);
  const tested = interlinks.map(async ({ id, name, health }) => {
    if (health.colour === 'red') return [notChecked('media', name, `${name} does not answer`)];
    return await limiter.run(async () => {
      const { findings: found } = await client.post(`/interlinks/${id}/media-test`, {}, findings);
      return found;
    });
  });
  return (await Promise.all(tested)).flat();
}
