import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { number as numberView, route } from '../../src/admin/schema.ts';
import { AdminClient } from '../../src/cli/client.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { lastCall } from '../rig/records.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';

const HIGH = 1000;
const LOW = 440;
const PRIVATE = { number: '290', private: true };
const TOGGLES = 6;
const CALLERS = 4;
/** So that together they guess at fewer numbers than a linked system may: of one that asks more, none is found. */
const restAfterUnknownMs = 1000;
const patience = { timeout: 20_000 };

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101', name: 'Reception' }], phones: { '101': HIGH } }),
    startOffice({
      name: 'Lisbon',
      numbers: [
        { number: '201', name: 'Amália' },
        { number: '290', private: true },
      ],
      phones: { '201': LOW },
    }),
  ]);
  await linkOffices(berlin, lisbon);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

afterEach(() => Promise.all([untilIdle(berlin), untilIdle(lisbon)]));

function adminOf({ address, dataDir }: Office): AdminClient {
  return new AdminClient({ host: address, port: 8420, dataDir });
}

/** What a call from Berlin to 201 would come to now: a real lookup over the interlink. */
async function lookUp(): Promise<string> {
  return (await adminOf(berlin).get('/routes/201', route)).outcome;
}

async function byCommand(office: Office, number: string, hidden: boolean): Promise<void> {
  const { code, output } = await office.interlinks('number', 'private', number, hidden ? 'on' : 'off');
  expect(output).toContain(hidden ? `${number} is private` : `${number} is shared`);
  expect(code).toBe(0);
}

/** As an editor does it: a new file is renamed over the old one. */
async function saveFile({ configFile }: Office, text: string): Promise<void> {
  await writeFile(`${configFile}.new`, text);
  await rename(`${configFile}.new`, configFile);
}

/** Lisbon's admin saves the file, and waits until the service says that it is in force. */
async function byFile(hidden: boolean): Promise<void> {
  await lisbon.configure({ numbers: [{ number: '201', name: 'Amália', private: hidden }, PRIVATE] });
  const inForce = async () => (await adminOf(lisbon).get('/routes/201?from=Berlin', route)).outcome;
  await expect.poll(inForce, patience).toBe(hidden ? 'unknown' : 'local');
  // That a number is shared again is news to Berlin's directory.
  if (!hidden) await expect.poll(lookUp, patience).toBe('trunk');
}

interface Lookup {
  readonly askedAt: number;
  readonly outcome: string;
}

/** Looks up 201 all the time, from several callers, while `work` is under way, which may look it up as well. */
async function whileLookingUp(
  work: (lookUpToo: () => Promise<string>) => Promise<void>,
): Promise<readonly Lookup[]> {
  const lookups: Lookup[] = [];
  const lookUpToo = async () => {
    const askedAt = performance.now();
    const outcome = await lookUp();
    lookups.push({ askedAt, outcome });
    return outcome;
  };
  const done = new AbortController();
  const { signal } = done;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!signal.aborted) {
      if ((await lookUpToo()) === 'trunk') continue;
      await delay(restAfterUnknownMs, undefined, { signal }).catch(() => undefined);
    }
  });
  await work(lookUpToo).finally(() => done.abort());
  await Promise.all(callers);
  return lookups;
}

describe('while lookups pour in, privacy is in force for the next one', () => {
  test.each([
    ['command', (hidden: boolean) => byCommand(lisbon, '201', hidden)],
    ['file', byFile],
  ])('set by %s', async (_how, set) => {
    const windows: { hidden: boolean; from: number; to: number }[] = [];
    const lookups = await whileLookingUp(async (lookUpToo) => {
      for (let toggle = 0; toggle < TOGGLES; toggle += 1) {
        const hidden = toggle % 2 === 0;
        await set(hidden);
        const from = performance.now();
        for (let more = 0; more < CALLERS; more += 1) await lookUpToo();
        windows.push({ hidden, from, to: performance.now() });
      }
    });
    for (const { hidden, from, to } of windows) {
      const within = lookups.filter(({ askedAt }) => askedAt >= from && askedAt < to);
      expect(within.length).toBeGreaterThan(0);
      expect(new Set(within.map(({ outcome }) => outcome))).toEqual(new Set([hidden ? 'unknown' : 'trunk']));
    }
  });
});

test('the next call is refused, and after switching back the next one rings', async () => {
  await byCommand(lisbon, '201', true);
  expect(await dialInVain(berlin.phone('101'), '201')).toMatchObject({ status: 404 });
  await byCommand(lisbon, '201', false);
  await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  // A call in progress goes on; the next one does not come through.
  await byCommand(lisbon, '201', true);
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
  expect(await dialInVain(berlin.phone('101'), '201')).toMatchObject({ status: 404 });
  await byCommand(lisbon, '201', false);
});

test('a ticket that was issued before lets no call in', async () => {
  const { asterisk } = lisbon.pbx;
  const from = {
    caller: berlin.phone('101').events.list.length,
    called: lisbon.phone('201').events.list.length,
  };
  const asked = () => berlin.service.output().split('"dialed":"201","route":"trunk to Lisbon"').length;
  const before = asked();
  // The call is on its way, with its ticket, and cannot arrive yet.
  asterisk.kill('SIGSTOP');
  try {
    await berlin.phone('101').dial('201');
    await expect.poll(asked, patience).toBe(before + 1);
    await adminOf(lisbon).patch('/numbers/201', { private: true }, numberView);
  } finally {
    asterisk.kill('SIGCONT');
  }
  const closed = await berlin.phone('101').waitFor('closed', { from: from.caller, ms: 20_000 });
  expect(closed).toMatchObject({ status: 404 });
  expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'unknown-number', cause: 1 });
  expect(lisbon.phone('201').events.list.slice(from.called)).toEqual([]);
  await byCommand(lisbon, '201', false);
});

test('a private number and one that nobody has end alike for the caller', async () => {
  await byCommand(lisbon, '201', true);
  const seen = await Promise.all(
    ['201', '290', '299'].map(async (dialed) =>
      JSON.stringify(await berlin.json('route', dialed)).replaceAll(dialed, 'N'),
    ),
  );
  expect(new Set(seen).size).toBe(1);
  const heard = [];
  for (const dialed of ['201', '290', '299']) {
    const { status, detail } = await dialInVain(berlin.phone('101'), dialed);
    heard.push({ status, detail });
  }
  expect(new Set(heard.map((end) => JSON.stringify(end))).size).toBe(1);
  await byCommand(lisbon, '201', false);
});

test('a caller who became private shows no number, from the next call on', async () => {
  await byCommand(berlin, '101', true);
  const { shown } = await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  expect(shown.name).toBe('Berlin');
  expect(shown.number).not.toContain('101');
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
  await byCommand(berlin, '101', false);
  const again = await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  expect(again.shown).toEqual({ number: '101', name: 'Berlin: Reception' });
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
});

describe('a file that is not valid', () => {
  test('changes nothing; the log says where and that privacy is not in force; the command refuses', async () => {
    await byFile(false);
    const before = await readFile(lisbon.configFile, 'utf8');
    expect(before).toContain('"private": false');
    await saveFile(lisbon, before.replace('"private": false', '"privat": true'));
    const line = await lisbon.service.waitForLine(/NOT private/, 10_000);
    expect(JSON.parse(line)).toMatchObject({ level: 50, code: 'config-invalid', numbers: ['201'] });
    const place = await lisbon.service.waitForLine(/not taken over/, 10_000);
    expect(place).toMatch(/interlinks\.yaml:\d+:\d+: There is no key .*privat.*Did you mean private\?/);
    expect(await lookUp()).toBe('trunk');
    const refused = await lisbon.interlinks('number', 'private', '201', 'on');
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('[config-invalid]') });
    expect(await lookUp()).toBe('trunk');
    await saveFile(lisbon, before);
    expect((await lisbon.interlinks('number', 'private', '201', 'off')).code).toBe(0);
  });

  test('an unknown number, or a state that is none, is refused', async () => {
    const refused = await lisbon.interlinks('number', 'private', '777', 'on');
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('[not-found]') });
    expect(await lisbon.interlinks('number', 'private', '201', 'maybe')).toMatchObject({ code: 2 });
  });
});

test('SIGHUP: what a restart applies is named, everything else is in force', async () => {
  await lisbon.configure({
    settings: { system: { name: 'Lisboa' }, log: { level: 'debug' }, dataDir: `${lisbon.dataDir}-2` },
  });
  lisbon.service.kill('SIGHUP');
  const line = await lisbon.service.waitForLine(/not in force before a restart/, 10_000);
  expect(JSON.parse(line)).toMatchObject({ settings: ['dataDir'] });
  const { output } = await lisbon.interlinks('check');
  expect(output).toMatch(/at a restart: .*dataDir/);
  await lisbon.configure({ settings: { dataDir: lisbon.dataDir } });
  const name = async () => (await lisbon.json<{ numbers: unknown[] }>('number', 'list')).numbers.length;
  expect(await name()).toBe(2);
});
