import { mkdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnCertificate } from '../../src/asterisk/own-certificate.ts';
import { docBlock } from '../docs/blocks.ts';
import { claimAddress, type LoopbackAddress } from '../rig/addresses.ts';
import { startAsterisk, type Asterisk } from '../rig/asterisk.ts';
import { startPbx, type Pbx } from '../rig/pbx.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';

/** The files that an admin adds to, with what is in them before. */
const FILES = {
  'http.conf': '',
  'ari.conf': '',
  'manager.conf': '[follower]\nsecret=follower\nread=all\n\n',
  'pjsip.conf': '',
  'extensions.conf': '',
  'sorcery.conf': '',
  'stasis.conf': '[taskpool]\n[declined_message_types]\n',
};

let address: LoopbackAddress;
let sharedFolder: string;
let asterisk: Asterisk;

/** An Asterisk that knows nothing of Interlinks gets all the files while it runs. */
beforeAll(async () => {
  address = await claimAddress();
  sharedFolder = await temporaryFolder('set-up');
  await OwnCertificate.open(sharedFolder, 'berlin', [address.ip]);
  await mkdir(join(sharedFolder, 'peers'));
  const pbx: Pbx = await startPbx({ address: address.ip, sharedFolder, phones: [] });
  const files = await Promise.all(
    Object.entries(FILES).map(async ([name, before]) => {
      const added = await readFile(`${pbx.asterisk.directory}/etc/${name}`, 'utf8');
      return [name, before + added] as const;
    }),
  );
  await pbx.stop();
  asterisk = await startAsterisk({ files: { 'extensions.conf': '[phones]\n' } });
  for (const [name, content] of files) await asterisk.writeFile(name, content);
});

afterAll(async () => {
  await asterisk.stop();
  await rm(sharedFolder, { recursive: true, force: true });
  address.release();
});

/** Whether the service may give Asterisk a trunk. */
async function takesTrunks(): Promise<boolean> {
  const { status } = await fetch(`http://${address.ip}:8088/ari/asterisk/config/dynamic/res_pjsip/aor/il-x`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${btoa('interlinks:ari-secret')}`,
      'content-type': 'application/json',
    },
    body: '{"fields":[]}',
  });
  return status === 200;
}

/** Whether somebody who follows Asterisk's events is told of a variable, beside a channel that comes and goes. */
async function toldOfVariables(): Promise<boolean> {
  const socket = connect(5038, address.ip);
  let events = '';
  socket.on('data', (data) => (events += data.toString()));
  socket.write('Action: Login\r\nUsername: follower\r\nSecret: follower\r\n\r\n');
  await expect.poll(() => events).toContain('FullyBooted');
  await asterisk.cli('dialplan set global SEEN 1');
  await asterisk.cli('channel originate Local/1@phones application NoOp');
  await expect.poll(() => events).toContain('Event: Hangup');
  socket.destroy();
  return events.includes('Event: VarSet');
}

/** Threads that hand on the messages of Asterisk's parts. */
async function messageThreads(): Promise<number> {
  return (
    (await asterisk.cli('core show taskprocessors like taskpool/s:stasis-')).match(/^taskpool/gm)?.length ?? 0
  );
}

test('everything but sorcery.conf and stasis.conf takes effect by the commands of the documents', async () => {
  const commands = [...(await docBlock('dialplan-reload')).matchAll(/^asterisk -rx '(.+)'$/gm)];
  expect(commands).toHaveLength(5);
  for (const [, command = ''] of commands) await asterisk.cli(command);
  expect(await asterisk.cli('http show status')).toContain(`${address.ip}:8088`);
  expect(await asterisk.cli('ari show users')).toContain('interlinks');
  expect(await asterisk.cli('manager show users')).toContain('interlinks');
  expect(await asterisk.cli('pjsip show transports')).toContain('interlinks-tls');
  expect(await asterisk.cli('dialplan show phones')).toMatch(/Include => +'interlinks'/);
  expect([await takesTrunks(), await toldOfVariables(), await messageThreads()]).toEqual([false, true, 5]);
  await asterisk.restart();
  expect([await takesTrunks(), await toldOfVariables(), await messageThreads()]).toEqual([true, false, 2]);
});
