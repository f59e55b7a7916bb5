import { watch } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { RigError } from './rig-error.ts';

/**
 * Waits for a promise, but not longer than `ms`.
 *
 * @param what completes "… did not happen", for example `phone 101 did not register`
 * @throws {RigError} when the time is over
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      new RigError(`${what} within ${ms} ms`, 'is the machine overloaded? Else see the log of that part'),
    );
  }, ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits until a file exists in a folder that exists already.
 *
 * @param signal ends the waiting
 */
export async function fileToAppear(path: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watcher = watch(dirname(path), { signal }, (_event, name) => {
    if (name === basename(path)) resolve();
  });
  watcher.once('error', reject);
  signal.addEventListener('abort', reject, { once: true });
  await access(path).then(resolve, () => undefined);
  await promise.finally(() => {
    watcher.close();
  });
}
