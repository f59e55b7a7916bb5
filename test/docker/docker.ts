import { startProcess } from '../rig/process.ts';
import { RigError } from '../rig/rig-error.ts';
import { within } from '../rig/wait.ts';

/** Longer than any build of an image takes. */
const LONGEST_MS = 900_000;

/** Runs `docker`. @returns what it wrote @throws {RigError} with that, when it fails */
export function docker(...args: readonly string[]): Promise<string> {
  return dockerWithin(LONGEST_MS, ...args);
}

/** The same; it fails when it takes longer than `ms`. */
export async function dockerWithin(ms: number, ...args: readonly string[]): Promise<string> {
  const command = `docker ${args.join(' ')}`;
  const running = await startProcess('docker', args);
  const { code, output } = await within(ms, `${command} did not end`, running.ended).finally(() => {
    running.kill('SIGKILL');
  });
  if (code !== 0) throw new RigError(`${command} failed`, output.trim());
  return output.trim();
}
