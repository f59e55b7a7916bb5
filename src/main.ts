import { startApp } from './app.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem } from './config/problem.ts';
import type { StepListener } from './interlinks/end-steps.ts';
import { createLog } from './observability/log.ts';

/**
 * Runs the service until it is told to stop by SIGTERM or SIGINT.
 *
 * @throws FailureError when it cannot start
 */
export async function serve(configFile: string): Promise<void> {
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const { config, secrets, warnings } = await loadConfig(configFile, process.env);
  const log = createLog({ level: config.log.level, system: config.system.name });
  for (const warning of warnings) log.warn(formatProblem(warning));
  const app = await startApp({ config, secrets, log, onStep: killAt(process.env['INTERLINKS_KILL_AT']) });
  log.info({ signal: await stopped }, 'stopping');
  await app.stop();
  log.info('stopped');
  // ari-client leaves the answer to its first request unread; that connection alone would hold the process for seconds.
  // oxlint-disable-next-line unicorn/no-process-exit -- all is stopped and written
  process.exit();
}

/** For tests of what a power cut leaves: the process kills itself at the step of that name. */
function killAt(fatal: string | undefined): StepListener | undefined {
  if (fatal === undefined) return undefined;
  return (step) => {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  };
}
