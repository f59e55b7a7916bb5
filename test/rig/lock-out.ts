import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Office } from './office.ts';

/** Changes the password of one account in Asterisk, as an admin does; connections that are there end. */
export async function changePassword(
  { pbx: { asterisk } }: Office,
  file: 'ari.conf' | 'manager.conf',
  from: string,
  to: string,
): Promise<void> {
  const content = await readFile(join(asterisk.directory, 'etc', file), 'utf8');
  await asterisk.writeFile(file, content.replace(from, to));
  await asterisk.cli(file === 'ari.conf' ? 'module reload res_ari.so' : 'manager reload');
  if (file === 'ari.conf') return;
  const sessions = await asterisk.cli('manager show connected');
  for (const [, fd = ''] of sessions.matchAll(/^ *interlinks +\S+ +\S+ +\S+ +(\d+)/gm)) {
    await asterisk.cli(`manager kick session ${fd}`);
  }
}

/** Takes the service's passwords for ARI and AMI out of Asterisk. */
export async function lockOut(office: Office): Promise<void> {
  await changePassword(office, 'manager.conf', 'secret=ami-secret', 'secret=another');
  await changePassword(office, 'ari.conf', 'password=ari-secret', 'password=another');
}

/** Puts them back. */
export async function letIn(office: Office): Promise<void> {
  await changePassword(office, 'manager.conf', 'secret=another', 'secret=ami-secret');
  await changePassword(office, 'ari.conf', 'password=another', 'password=ari-secret');
}
