import { startApp } from './app.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem } from './config/problem.ts';
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
  const app = await startApp({ config, secrets, log });
  log.info({ signal: await stopped }, 'stopping');
  await app.stop();
  log.info('stopped');
  // ari-client leaves the answer to its first request unread; that connection alone would hold the process for seconds.
  // oxlint-disable-next-line unicorn/no-process-exit -- all is stopped and written
  process.exit();
}
