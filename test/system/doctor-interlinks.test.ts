import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findings, type FindingView } from '../../src/admin/schema.ts';
import { AdminClient } from '../../src/cli/client.ts';
import { linkOffices } from '../rig/linking.ts';
import { restartAsterisk, startOffice, type Office } from '../rig/office.ts';
import { untilIdle } from '../rig/talk.ts';
import { expectHealth, watchOffice, type Watching } from '../rig/watching.ts';

/** An address of the loopback network that nobody has: what is sent there arrives nowhere. */
const NOWHERE = '127.1.2.3';

let berlin: Office;
let lisbon: Office;
let berlinSees: Watching;
let lisbonSees: Watching;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }], accounts: ['101'] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], accounts: ['201'] }),
  ]);
  [berlinSees, lisbonSees] = await Promise.all([watchOffice(berlin), watchOffice(lisbon)]);
  await linkOffices(berlin, lisbon);
});

afterAll(async () => {
  await Promise.all([berlinSees, lisbonSees].map((watching) => watching.stop()));
  await Promise.all([berlin, lisbon].map((office) => office.stop()));
});

async function doctor(office: Office): Promise<readonly FindingView[]> {
  const { output } = await office.interlinks('--json', 'doctor');
  return (JSON.parse(output) as { findings: readonly FindingView[] }).findings;
}

/** What doctor finds without a test call over each interlink, of which there may be only so many. */
async function problems({ address, dataDir }: Office): Promise<readonly FindingView[]> {
  const client = new AdminClient({ host: address, port: 8420, dataDir });
  return (await client.get('/problems', findings)).findings;
}

/** Findings in short, without what was fine. */
function faults(found: readonly FindingView[]): readonly string[] {
  return found.filter(({ level }) => level !== 'ok').map(({ level, id, what }) => `${level} ${id}: ${what}`);
}

async function change(
  office: Office,
  name: string,
  edit: (text: string) => string,
): Promise<() => Promise<void>> {
  const { asterisk } = office.pbx;
  const text = await readFile(join(asterisk.directory, 'etc', name), 'utf8');
  await asterisk.writeFile(name, edit(text));
  return () => asterisk.writeFile(name, text);
}

/** Restarts Asterisk and waits until the interlink is green again on both sides. */
async function restartUntilGreen(office: Office): Promise<void> {
  await restartAsterisk(office);
  await expectHealth(berlinSees, 'Lisbon', 'green');
  await expectHealth(lisbonSees, 'Berlin', 'green');
  // What is watched may still be that of before.
  for (const side of [berlin, lisbon]) {
    await expect.poll(async () => faults(await problems(side)), { timeout: 20_000 }).toEqual([]);
  }
}

async function reloadPjsip({ pbx: { asterisk } }: Office): Promise<void> {
  await asterisk.cli('module reload res_pjsip.so');
  await asterisk.cli('module reload res_pjsip_endpoint_identifier_ip.so');
}

test('a healthy interlink: sound goes both ways, nobody is called, nothing is left and nothing recorded', async () => {
  const found = await doctor(berlin);
  expect(faults(found)).toEqual([]);
  expect(found.filter(({ where }) => where === 'Lisbon').map(({ id }) => id)).toEqual([
    'peer',
    'trunk',
    'clock',
    'media',
  ]);
  expect(found.at(-1)?.what).toMatch(
    /^Sound goes both ways \(\w+\): Berlin → Lisbon \d+ of \d+ packets, Lisbon → Berlin \d+ of \d+ packets$/,
  );
  await Promise.all([berlin, lisbon].map(untilIdle));
  for (const office of [berlin, lisbon]) {
    expect(await office.json<{ calls: unknown[] }>('calls')).toEqual({ calls: [] });
  }
  const { code, output } = await lisbon.interlinks('doctor', '--interlink', 'Berlin');
  expect(output).toMatch(/^✓ media +Sound goes both ways .* Berlin → Lisbon \d+ of \d+ packets$/m);
  expect(output).not.toMatch(/^. modules/m);
  expect(code).toBe(0);
});

test('an interlink that does not exist', async () => {
  const { code, output } = await berlin.interlinks('doctor', '--interlink', 'Oporto');
  expect(output).toMatch(/There is no interlink "Oporto"\. .* \[not-found\]/);
  expect(code).toBe(1);
});

describe('trunks of Lisbon that are recognized by address', () => {
  test('the one that claims calls from Berlin is named, whatever its section is called', async () => {
    const others = `[elsewhere]
type=identify
endpoint=provider
match=0.0.0.0/0,!${berlin.address}

[other-port]
type=identify
endpoint=provider
match=${berlin.address}:5060

[by-header]
type=identify
endpoint=provider
match_header=X-Site: /./
`;
    const undo = await change(
      lisbon,
      'pjsip.conf',
      (text) => `${text}\n[provider]\ntype=endpoint\ncontext=phones\n\n${others}`,
    );
    await reloadPjsip(lisbon);
    expect(faults(await problems(lisbon))).toEqual([]);

    const undoClash = await change(
      lisbon,
      'pjsip.conf',
      (text) => `${text}\n[from-anywhere]\ntype=identify\nendpoint=provider\nmatch=192.0.2.1,127.0.0.0/8\n`,
    );
    await reloadPjsip(lisbon);
    expect(faults(await problems(lisbon))).toEqual([
      `problem identify-clash: Your trunk provider claims every call from 127.0.0.0/255.0.0.0 by its identify section [from-anywhere], and so those of Berlin (${berlin.address})`,
    ]);

    const undoOrder = await change(
      lisbon,
      'pjsip.conf',
      (text) => `${text}\n[settings]\ntype=global\nendpoint_identifier_order=username,ip,anonymous\n`,
    );
    expect(faults(await problems(lisbon))).toEqual([]);
    await undoOrder();
    await undoClash();
    await undo();
    await reloadPjsip(lisbon);
    expect(faults(await problems(lisbon))).toEqual([]);
  });

  test('are not looked for where AMI does not let the service in', async () => {
    const undo = await change(lisbon, 'manager.conf', (text) => text.replace(/secret=.*/, 'secret=another'));
    await lisbon.pbx.asterisk.cli('manager reload');
    expect(faults(await problems(lisbon))).toEqual([
      expect.stringMatching(/^problem ami-unauthorized: /),
      'not-checked identify: not checked: AMI does not let the service in',
    ]);
    await undo();
    await lisbon.pbx.asterisk.cli('manager reload');
  });
});

describe('Berlin announces an address that is not its own', () => {
  test('Berlin hears nothing: each side names direction, address and port', async () => {
    const undo = await change(berlin, 'pjsip.conf', (text) =>
      text.replace('[interlinks-tls]\n', `[interlinks-tls]\nexternal_media_address=${NOWHERE}\n`),
    );
    await restartUntilGreen(berlin);
    const deaf =
      /^problem media-silent: Berlin hears nothing of Lisbon: Berlin announces in its SDP that it takes sound at 127\.1\.2\.3:\d{5}; Lisbon sent \d+ packets there, and none arrived$/;
    for (const office of [berlin, lisbon]) {
      const found = await doctor(office);
      expect(faults(found)).toEqual([expect.stringMatching(deaf)]);
      expect(found.at(-1)?.remedy).toMatch(
        /^If 127\.1\.2\.3 is not where Lisbon reaches Berlin, set external_media_address/,
      );
    }
    await undo();
    await restartUntilGreen(berlin);
  });
});

test('Asterisk is away: that is found, and that the sound could not be tested', async () => {
  berlin.pbx.asterisk.kill('SIGKILL');
  await expectHealth(berlinSees, 'Lisbon', 'amber', /^Asterisk not connected here$/);
  expect(faults(await doctor(berlin))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^problem ari-unreachable: /),
      'not-checked media: not checked: Asterisk is not connected here',
    ]),
  );
  await restartUntilGreen(berlin);
});

test('the other side has a dial plan without the test', async () => {
  const plan = await readFile(join(import.meta.dirname, '../../dialplan/interlinks.conf'), 'utf8');
  const undo = await change(lisbon, 'extensions.conf', (text) =>
    text.replace(/^#include.*$/m, plan.replace('[interlinks-probe]', '[interlinks-other]')),
  );
  await lisbon.pbx.asterisk.cli('dialplan reload');
  expect(faults(await doctor(berlin))).toEqual([
    expect.stringMatching(/^problem media-call-failed: The test call to Lisbon was not answered, cause \d+$/),
  ]);
  await undo();
  await lisbon.pbx.asterisk.cli('dialplan reload');
  await Promise.all([berlin, lisbon].map(untilIdle));
});
