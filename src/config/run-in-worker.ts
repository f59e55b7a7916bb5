import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ConfigJob, ConfigOutcome } from './config-jobs.ts';

/** Beside this file, and compiled as this one is. */
const workerFile = new URL(`config-worker${extname(import.meta.filename)}`, import.meta.url);

/**
 * Runs a job in a thread of its own: reading 10,000 numbers takes a second in which no call would be answered. What
 * is left for this thread, to take in the result, is 20 ms.
 */
export function runInWorker(job: ConfigJob): Promise<ConfigOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, {
      workerData: job,
      // More of it only makes room for garbage.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the configuration's thread ended with ${code}`)));
  });
}
