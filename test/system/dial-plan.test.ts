import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docBlock } from '../docs/blocks.ts';
import { freepbxLayout, plainLayout, type Layout } from '../rig/layouts.ts';
import { linkOffices } from '../rig/linking.ts';
import { READY, restartAsterisk, startOffice, type Office } from '../rig/office.ts';
import { untilIdle } from '../rig/talk.ts';

const TONE = 1000;
/** A hung service holds each call for 2 s; the rest is for a busy machine. */
const REACHED_MS = 15_000;

/** Where a call comes out: the phone that rings, and the name that it shows, while the service is up or away. */
interface Row {
  readonly what: string;
  readonly dialed: string;
  readonly up: string;
  readonly away: string;
}

function always(what: string, dialed: string, place: string): Row {
  return { what, dialed, up: place, away: place };
}

function rowsOf({ nobody }: Layout): readonly Row[] {
  return [
    always("an extension of the admin's own", '100', 'phone 100: 150'),
    always('a number of this system', '101', 'phone 101: 150'),
    always('a number of this system with a star', '*55', 'phone 101: 150'),
    always('a number that is not answered', '102', 'phone 900: voicemail 102'),
    always("a number that leads into the admin's dial plan", '160', 'phone 900: outside 0160'),
    { what: 'a linked number', dialed: '201', up: 'phone 201: Berlin', away: `phone 900: ${nobody} 201` },
    always("nobody's number", '299', `phone 900: ${nobody} 299`),
    always('an outside line', '0123456789', 'phone 900: outside 0123456789'),
    always('an outside line of few digits', '0123', 'phone 900: outside 0123'),
    always('an emergency number', '112', 'phone 900: emergency 112'),
    always('a feature code', '*97', 'phone 900: feature *97'),
  ];
}

/** How the service and Asterisk may be, and how they get there from a state in which all is well. */
const states = {
  'the service runs': async () => undefined,
  'Asterisk was restarted beside the service': restartAsterisk,
  'the service hangs': async ({ service }: Office) => service.kill('SIGSTOP'),
  'the service is stopped': async ({ service }: Office) => void (await service.stop()),
  'the service was killed': async ({ service }: Office) => void (await service.stop('SIGKILL')),
  'Asterisk was restarted without the service': async ({ pbx, service }: Office) => {
    await service.stop();
    await pbx.asterisk.restart();
  },
} as const;

const away: ReadonlySet<string> = new Set(Object.keys(states).slice(2));

const layouts = [
  plainLayout(await docBlock('dialplan-plain')),
  freepbxLayout(await docBlock('dialplan-freepbx')),
];

describe.each(layouts)('$name:', (layout) => {
  let berlin: Office;
  let lisbon: Office;
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const noAnswer = layout.voicemail('102');
    [berlin, lisbon] = await Promise.all([
      startOffice({
        name: 'Berlin',
        numbers: [
          { number: '101' },
          { number: '*55', ring: ['PJSIP/101'] },
          { number: '102', timeout: 1, noAnswer },
          { number: '160', dialplan: layout.name === 'FreePBX' ? 'outrt-2,0160,1' : 'outbound,0160,1' },
        ],
        phones: { '150': TONE, '100': TONE, '101': TONE, '102': TONE, '900': TONE },
        settings: { dialing: { min: 3, max: 4, notFound: layout.notFound } },
        pbx: layout.pbx,
      }),
      startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { '201': TONE } }),
    ]);
    berlin.phone('102').manner = 'rings';
    before = await checksums(berlin);
    await berlin.pbx.asterisk.cli('database put cidname 101 Reception');
    await linkOffices(berlin, lisbon);
  });

  afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

  describe.each(Object.entries(states))('%s:', (state, enter) => {
    beforeAll(() => enter(berlin));

    afterAll(async () => {
      if (!away.has(state)) return;
      await berlin.service.stop('SIGKILL');
      await berlin.startService(READY);
    });

    test.each(rowsOf(layout))('$what ($dialed)', async ({ dialed, up, away: without }) => {
      expect(await reached(berlin, lisbon, dialed)).toBe(away.has(state) ? without : up);
    });
  });

  test('the patterns that a reload of the dial plan takes away are not needed', async () => {
    const { asterisk } = berlin.pbx;
    const patterns = async (): Promise<number> =>
      (await asterisk.cli('dialplan show interlinks-patterns')).split("'_").length - 1;
    // Of each length: cut out around 000, 110, 112, 911 and 999.
    expect(await patterns()).toBe(2 * 8);
    expect(await firstStep(berlin, lisbon, '201')).toMatch(/Executing \[201@(?!interlinks-)/);
    await asterisk.cli('dialplan reload');
    expect(await patterns()).toBe(0);
    expect(await reached(berlin, lisbon, '201')).toBe('phone 201: Berlin');
    expect(await firstStep(berlin, lisbon, '201')).toContain('201@interlinks-enter');
    expect(await reached(berlin, lisbon, '112')).toBe('phone 900: emergency 112');
  });

  test("nothing of the admin's is changed by the whole life of an interlink", async () => {
    const deleted = await berlin.interlinks('delete', 'Lisbon', '--yes');
    expect(deleted.code).toBe(0);
    await berlin.service.stop();
    expect(await checksums(berlin)).toEqual(before);
    const { asterisk } = berlin.pbx;
    await asterisk.cli('database deltree interlinks');
    expect(await asterisk.cli('database show interlinks')).toMatch(/^0 results/m);
    expect(await asterisk.cli('database get cidname 101')).toContain('Reception');
  });
});

/** Dials from 150, and gives where it came out. */
async function reached(berlin: Office, lisbon: Office, dialed: string): Promise<string> {
  const caller = berlin.phone('150');
  const phones = [...['100', '101', '900'].map((number) => berlin.phone(number)), lisbon.phone('201')];
  const since = caller.events.list.length;
  const rings = phones.map(async (phone) => {
    const event = await phone.waitFor('incoming', { from: phone.events.list.length, ms: REACHED_MS });
    return `phone ${phone.number}: ${event.name}`;
  });
  const ended = caller
    .waitFor('closed', { from: since, ms: REACHED_MS })
    .then(({ status }) => `refused with ${status}`);
  const [place] = await Promise.all([Promise.any([...rings, ended]), caller.dial(dialed)]);
  if (place.startsWith('refused')) return place;
  await caller.waitFor('established', { from: since });
  await caller.hangup();
  await ended;
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
  return place;
}

/** Dials from 150. @returns the first step that Asterisk takes for the number, as its log has it */
async function firstStep(berlin: Office, lisbon: Office, dialed: string): Promise<string> {
  const { asterisk } = berlin.pbx;
  const { length } = await asterisk.log();
  await reached(berlin, lisbon, dialed);
  const log = (await asterisk.log()).slice(length);
  return log.split('\n').find((line) => line.includes(`Executing [${dialed}@`)) ?? '';
}

/** Of every file in Asterisk's configuration folder. */
async function checksums({ pbx }: Office): Promise<Readonly<Record<string, string>>> {
  const folder = join(pbx.asterisk.directory, 'etc');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const sums = files.map(async ({ name, parentPath }) => {
    const content = await readFile(join(parentPath, name));
    return [name, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}
