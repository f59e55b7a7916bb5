import { cp, rm } from 'node:fs/promises';
import type { Office } from './office.ts';

/** Stops the service, copies its data directory to the folder, as an admin may, too, and starts it again. */
export async function backUp(office: Office, folder: string): Promise<void> {
  await office.service.stop();
  await cp(office.dataDir, folder, { recursive: true });
  await office.startService();
}

/** Puts the copy in the place of the data directory while the service is stopped, and starts it again. */
export async function restore(office: Office, folder: string): Promise<Office['service']> {
  await office.service.stop();
  await rm(office.dataDir, { recursive: true });
  await cp(folder, office.dataDir, { recursive: true, preserveTimestamps: true });
  return await office.startService();
}
