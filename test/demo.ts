import { once } from 'node:events';
import { fetchTools } from './rig/debian.ts';
import { generateKey, linkOffices, untilGreen } from './rig/linking.ts';
import { startOffice, type Office } from './rig/office.ts';
import { untilNothingLeft } from './rig/remains.ts';
import { print, step } from './rig/steps.ts';
import { dialInVain, hangUp, talk } from './rig/talk.ts';

const HIGH = 1000;
const MIDDLE = 620;
const LOW = 440;

/** What calls travel on: `pjsip` is SIP over TLS. */
const TRUNK = process.env['TRUNK'] ?? 'pjsip';

const began = performance.now();

function confirm(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this was to be seen, and was not: ${what}`);
}

interface Call {
  readonly callId: string;
  readonly direction: string;
  readonly dialed: string;
  readonly outcome: string;
  readonly postDialDelayMs?: number;
}

async function lastCall(office: Office, dialed: string): Promise<Call> {
  const { calls } = await office.json<{ calls: Call[] }>('calls');
  const call = calls.find((candidate) => candidate.dialed === dialed);
  if (call === undefined) throw new Error(`${office.name} has no record of the call to ${dialed}`);
  return call;
}

async function setPrivate(office: Office, number: string, state: 'on' | 'off'): Promise<string> {
  const { code, output } = await office.interlinks('number', 'private', number, state);
  confirm(code === 0, output);
  return output.trim();
}

async function demo(): Promise<void> {
  print('Interlinks: two phone systems on this machine, later a third, on loopback addresses only.\n');

  await step(
    'Asterisk and SIP phones: fetched, or taken from the cache',
    () => Promise.all([fetchTools('asterisk'), fetchTools('phones')]),
    ([asterisk]) =>
      `Asterisk ${asterisk.version.replace(/^\d+:/, '').replace(/[+~-].*$/, '')}, phones baresip`,
  );
  const [berlin, lisbon] = await step(
    'Two offices: in each an Asterisk, Interlinks beside it, and phones',
    () =>
      Promise.all([
        startOffice({
          name: 'Berlin',
          numbers: [
            { number: '101', name: 'Reception' },
            { number: '150', name: 'Workshop' },
          ],
          phones: { '101': HIGH, '150': MIDDLE },
        }),
        startOffice({
          name: 'Lisbon',
          numbers: [
            { number: '201', name: 'Amália' },
            { number: '150', name: 'Warehouse' },
            { number: '202', name: 'Office' },
            { number: '290', name: 'Server room', private: true },
          ],
          phones: { '201': LOW, '202': MIDDLE, '150': HIGH },
        }),
      ]),
    ([one, other]) =>
      `Berlin at ${one.address}: 101, 150. Lisbon at ${other.address}: 201, 202, 150, private 290.`,
  );
  const reception = berlin.phone('101');
  const workshop = berlin.phone('150');
  const amalia = lisbon.phone('201');
  const office = lisbon.phone('202');

  const key = await step(
    `Berlin: interlinks key new Lisbon --trunk ${TRUNK}`,
    () => generateKey(berlin, 'Lisbon', '--trunk', TRUNK),
    (made) => made,
  );
  await step(
    'Lisbon: interlinks link Berlin; both show a green circle',
    async () => {
      const linked = await lisbon.interlinks('link', 'Berlin', key);
      confirm(linked.code === 0, linked.output);
      await untilGreen(berlin, lisbon);
      return berlin.json<{
        interlinks: {
          name: string;
          health: { reason: string };
          trunk: { kind: string; encrypted: boolean };
        }[];
      }>('list');
    },
    ({ interlinks }) =>
      interlinks
        .map(
          ({ name, health, trunk }) =>
            `● ${name}: ${health.reason}, calls ${trunk.encrypted ? 'encrypted' : 'in clear'} over ${trunk.kind}`,
        )
        .join(', '),
  );

  await step(
    '101 in Berlin dials 201: Lisbon rings, answers, and each hears the other',
    () => talk(reception, '201', amalia),
    ({ rangAfterMs, shown }) =>
      `rang after ${rangAfterMs.toFixed(0)} ms; display: "${shown.name}" <${shown.number}>; ${HIGH} Hz and ${LOW} Hz found in the recordings`,
  );
  await hangUp(reception, amalia);

  await step('201 dialed in Lisbon rings Lisbon', () => talk(office, '201', amalia));
  await hangUp(office, amalia);

  await step(
    '150, which both offices have, stays local',
    async () => {
      const heard = await talk(reception, '150', workshop);
      confirm(
        lisbon.phone('150').events.list.every(({ type }) => type !== 'incoming'),
        'no ringing in Lisbon',
      );
      return heard;
    },
    ({ shown }) => `the workshop's display: <${shown.number}>`,
  );
  await hangUp(reception, workshop);

  await step(
    '290 is private: from Berlin it looks like 299, which does not exist',
    async () => {
      const hidden = await dialInVain(reception, '290');
      const absent = await dialInVain(reception, '299');
      confirm(hidden.status === 404 && absent.status === 404, 'both end with 404, cause 1');
      return hidden;
    },
    ({ status, detail }) => `both: ${status} ${detail}`,
  );

  await step(
    'Lisbon: interlinks number private 201 on, and off again',
    async () => {
      const told = await setPrivate(lisbon, '201', 'on');
      const refused = await dialInVain(reception, '201');
      confirm(refused.status === 404, 'the call in between ends as if 201 did not exist');
      await setPrivate(lisbon, '201', 'off');
      await talk(reception, '201', amalia);
      return `${told} Dialed in between: ${refused.status} ${refused.detail}; afterwards 201 answers again`;
    },
    (told) => told,
  );
  await hangUp(reception, amalia);

  await step(
    'Both systems have a record of the call, under one id',
    async () => {
      const [out, into] = [await lastCall(berlin, '201'), await lastCall(lisbon, '201')];
      const arrived =
        into.direction === 'in'
          ? into
          : (await lisbon.json<{ calls: Call[] }>('calls')).calls.find(({ direction }) => direction === 'in');
      confirm(out.callId === arrived?.callId, 'the same call id on both sides');
      return out;
    },
    ({ callId, outcome, postDialDelayMs }) =>
      `${callId}: ${outcome}, rang ${postDialDelayMs} ms after Berlin took the call`,
  );

  await step(
    'A third system, Porto, linked to Berlin: it reaches 101 there, but not Lisbon, by no call and by no transfer',
    async () => {
      const porto = await startOffice({
        name: 'Porto',
        numbers: [{ number: '301' }],
        phones: { '301': MIDDLE },
      });
      await linkOffices(berlin, porto, '--trunk', TRUNK);
      const rang = amalia.events.list.length;
      const dialed = await dialInVain(porto.phone('301'), '201');
      await talk(porto.phone('301'), '101', reception);
      const from = reception.events.list.length;
      await reception.transfer('201');
      await reception.waitFor('transfer-refused', { from });
      confirm(dialed.status === 404, '201 is unknown in Porto');
      confirm(amalia.events.list.length === rang, 'no ringing in Lisbon');
      const deleted = await berlin.interlinks('delete', 'Porto', '--yes');
      confirm(deleted.code === 0, deleted.output);
      await porto.stop();
      return dialed;
    },
    ({ status, detail }) => `201 from Porto: ${status} ${detail}; 101 cannot transfer the call to 201 either`,
  );

  await step(
    'Lisbon: interlinks rename Berlin Hauptstadt; its phones show the new name',
    async () => {
      const renamed = await lisbon.interlinks('rename', 'Berlin', 'Hauptstadt');
      confirm(renamed.code === 0, renamed.output);
      return talk(reception, '201', amalia);
    },
    ({ shown }) => `display: "${shown.name}"; Berlin calls it Lisbon, as before`,
  );
  await step(
    'Berlin: interlinks delete Lisbon, in the middle of that call; both phones hear the end, nothing is left',
    async () => {
      const from = { reception: reception.events.list.length, amalia: amalia.events.list.length };
      const asked = performance.now();
      const deleting = berlin.interlinks('delete', 'Lisbon', '--yes');
      await Promise.all([
        reception.waitFor('closed', { from: from.reception }),
        amalia.waitFor('closed', { from: from.amalia }),
      ]);
      const endedAfterMs = performance.now() - asked;
      const deleted = await deleting;
      confirm(deleted.code === 0, deleted.output);
      await untilNothingLeft(berlin, lisbon);
      confirm((await dialInVain(reception, '201')).status === 404, '201 is unknown in Berlin');
      return { endedAfterMs, said: deleted.output.trim() };
    },
    ({ endedAfterMs, said }) =>
      `${said} Phones silent ${(endedAfterMs / 1000).toFixed(1)} s after the command was entered; 201: 404`,
  );
  await step(
    'Linked again with a new key; deleted while Lisbon’s service is stopped: Lisbon ends its side once it is back',
    async () => {
      await linkOffices(berlin, lisbon, '--trunk', TRUNK);
      await lisbon.service.stop();
      const deleted = await berlin.interlinks('delete', 'Lisbon', '--yes');
      confirm(deleted.code === 0, deleted.output);
      const listed = await berlin.interlinks('list');
      await lisbon.startService();
      await untilNothingLeft(berlin, lisbon);
      return listed.output.trim().split('\n').at(-1) ?? '';
    },
    (line) => `until then Berlin says: ${line}`,
  );

  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (process.env['KEEP'] === '1') await keep(berlin, lisbon);
  await Promise.all([berlin.stop(), lisbon.stop()]);
  print(`\nAll of it in ${seconds} s.`);
}

/** Links both again and leaves all running until Ctrl-C. */
async function keep(...offices: readonly [Office, Office]): Promise<void> {
  await linkOffices(...offices, '--trunk', TRUNK);
  print('\nBoth offices go on until you press Ctrl-C. From this machine:\n');
  for (const office of offices) {
    const { name, address, configFile, phoneNumbers } = office;
    const { url } = await office.json<{ url: string }>('open');
    print(`  ${name}`);
    print(
      `    A phone of your own: register at ${address}:5060 (UDP) as ${phoneNumbers.join(', ')}, password "phone";`,
    );
    print('    it takes the place of the phone that has the number now.');
    print(`    The page: ${url}`);
    print(`    The link signs in once, within 5 minutes; "interlinks open" prints another.`);
    print(
      `    Commands: src/cli/interlinks --config ${configFile} status | list | calls | route 201 | open | --help\n`,
    );
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

await demo();
