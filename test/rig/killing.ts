import type { Step } from '../../src/interlinks/steps.ts';
import { READY, type Office } from './office.ts';

/** Starts the service of an office again so that it is killed at a step. */
export async function restartToDieAt(office: Office, step: Step): Promise<void> {
  await office.service.stop();
  await office.startService(READY, { INTERLINKS_KILL_AT: step });
}
