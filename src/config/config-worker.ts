import { parentPort, workerData } from 'node:worker_threads';
import { runConfigJob, type ConfigJob } from './config-jobs.ts';

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a port between threads, no window
parentPort?.postMessage(await runConfigJob(workerData as ConfigJob));
