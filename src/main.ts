import { startApp } from './app.ts';
import { ConfigFile } from './config/config-file.ts';
import { LiveConfig } from './config/live-config.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem } from './config/problem.ts';
import { FailureError } from './domain/failure.ts';
import type { StepListener } from './interlinks/steps.ts';
import { createLog } from './observability/log.ts';
import { ServiceManager } from './observability/service-manager.ts';

/**
 * Runs the service until it is told to stop by SIGTERM or SIGINT. SIGHUP lets it read its configuration again.
 *
 * @throws FailureError when it cannot start, or cannot go on
 */
export async function serve(configFile: string): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals | FailureError>();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const started = await loadConfig(configFile, process.env);
  const { config, secrets, warnings } = started;
  const { log, setLevel } = createLog({ level: config.log.level, system: config.system.name });
  for (const warning of warnings) log.warn(formatProblem(warning));
  const live = new LiveConfig(config);
  live.subscribe(({ after }) => setLevel(after.log.level));
  const settings = new ConfigFile({ started, live, log: log.child({ part: 'config' }) });
  process.on('SIGHUP', () => void settings.reload());
  const app = await startApp({
    configFile,
    live,
    settings,
    secrets,
    log,
    onStep: killAt(process.env['INTERLINKS_KILL_AT']),
    onDatabaseTaken: stop,
  });
  await settings.watch();
  const manager = new ServiceManager({ env: process.env, status: () => app.status(), log });
  manager.ready();
  const reason = await stopped;
  log.info(reason instanceof FailureError ? { code: reason.failure.code } : { signal: reason }, 'stopping');
  manager.stopping();
  settings.close();
  await app.stop();
  log.info('stopped');
  // ari-client leaves the answer to its first request unread; that connection alone would hold the process for seconds.
  // oxlint-disable-next-line unicorn/no-process-exit -- all is stopped, and written with this line
  process.stdout.write('', () => process.exit());
  if (reason instanceof FailureError) throw reason;
}

/** For tests of what a power cut leaves: the process kills itself at the step of that name. */
function killAt(fatal: string | undefined): StepListener | undefined {
  if (fatal === undefined) return undefined;
  return (step) => {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  };
}
