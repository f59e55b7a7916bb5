import { join } from 'node:path';
import { DockerComposeEnvironment } from 'testcontainers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { version } from '../../src/domain/version.ts';
import { measured } from '../rig/measured.ts';
import type { OfficePhone } from '../rig/office.ts';
import { dialInVain, hangUp, talk, untilHeard } from '../rig/talk.ts';
import { makeArchive } from './archive.ts';
import { interlinksOf, link, REPOSITORY, rigOf, takeDown, untilGreen } from './compose.ts';
import { docker } from './docker.ts';
import { buildNextImage } from './next-image.ts';
import { startRigPhone } from './phones.ts';
import { announceNotRun, whyNoContainers, whyNoImages } from './readiness.ts';
import { BERLIN, LISBON } from './systems.ts';

const PROJECT = 'interlinks-tests';
const rig = rigOf(PROJECT);
let archive: string;
let unable = await whyNoContainers();
if (unable === undefined) {
  archive = await makeArchive();
  unable = await whyNoImages(rig);
}
if (unable !== undefined) announceNotRun('the tests in containers', unable);

const LONG_MS = 240_000;
/** Three times what is promised for all to work again once the database is back; how long it took is printed. */
const BACK = { timeout: 15_000, interval: 100 };

describe.skipIf(unable !== undefined)('two systems in containers', () => {
  let phones: readonly OfficePhone[] = [];
  let reception: OfficePhone;
  let amalia: OfficePhone;

  beforeAll(async () => {
    await takeDown(rig);
    await new DockerComposeEnvironment(join(REPOSITORY, 'docker'), 'compose.yaml')
      .withProjectName(PROJECT)
      .up();
    await link(rig, BERLIN, LISBON);
    phones = [reception, amalia] = await Promise.all([
      startRigPhone(rig, BERLIN),
      startRigPhone(rig, LISBON),
    ]);
  }, LONG_MS);

  beforeEach(() => untilGreen(rig, BERLIN, LISBON));

  afterAll(async () => {
    await Promise.all(phones.map((phone) => phone.stop()));
    await takeDown(rig);
  }, LONG_MS);

  test(
    'carry calls both ways, but not to private numbers, and none once one has deleted the other',
    async () => {
      expect((await talk(reception, '201', amalia)).shown).toEqual({
        number: '101',
        name: 'Berlin: Reception',
      });
      await hangUp(reception, amalia);
      expect((await talk(amalia, '101', reception)).shown).toEqual({ number: '201', name: 'Lisbon: Amália' });
      await hangUp(amalia, reception);
      expect((await dialInVain(reception, '290')).status).toBe(404);

      await rig.interlinks(LISBON, 'number', 'private', '201', 'on');
      expect((await dialInVain(reception, '201')).status).toBe(404);
      await rig.interlinks(LISBON, 'number', 'private', '201', 'off');

      await talk(reception, '201', amalia);
      const ended = Promise.all(
        [reception, amalia].map((phone) => phone.waitFor('closed', { from: phone.events.list.length })),
      );
      await rig.interlinks(LISBON, 'delete', 'Berlin', '--yes');
      await ended;
      await expect.poll(() => interlinksOf(rig, BERLIN)).toEqual([]);
      expect((await dialInVain(reception, '201')).status).toBe(404);
      await link(rig, LISBON, BERLIN);
      await talk(reception, '201', amalia);
      await hangUp(reception, amalia);
    },
    LONG_MS,
  );

  test('show no password in what Docker tells of them', async () => {
    const services = ['lisbon', 'lisbon-asterisk', 'lisbon-database', 'lisbon-setup'];
    const told = await docker('inspect', ...services.map((service) => rig.container(service)));
    for (const [service, name] of [
      ['lisbon', 'ari'],
      ['lisbon', 'ami'],
      ['lisbon', 'database'],
      ['lisbon-asterisk', 'phone'],
    ] as const) {
      const password = await rig.inside(service, 'cat', `/run/secrets/${name}.secret`);
      expect(password).toMatch(/^[0-9a-f]{48}$/);
      expect(told).not.toContain(password);
    }
  });

  test.each([
    ['stopped', ['stop']],
    ['killed', ['kill']],
  ])(
    'have calls while PostgreSQL is %s, and all that was acknowledged when it is back',
    async (how, end) => {
      await talk(reception, '201', amalia);
      const acknowledged: string[] = [];
      const refused = generateKeys(how, acknowledged);
      await expect.poll(() => acknowledged.length).toBeGreaterThan(1);
      await docker(...end, rig.container('lisbon-database'));
      expect(await refused).toContain('[database-unreachable]');
      await Promise.all([untilHeard(reception, amalia.tone), untilHeard(amalia, reception.tone)]);
      await hangUp(reception, amalia);

      // Whether a number is private is in the file, not in the database.
      await talk(reception, '201', amalia);
      await hangUp(reception, amalia);
      expect((await dialInVain(reception, '290')).status).toBe(404);

      await docker('start', rig.container('lisbon-database'));
      await expect.poll(() => sql('SELECT 1')).toBe('1');
      await measured('a key is generated again after PostgreSQL is back (promised: 5 s)', async () => {
        await expect.poll(() => rig.interlinks(LISBON, 'key', 'new', `${how}, back`), BACK).toMatch(/^ilk1-/);
      });
      const names = (await interlinksOf(rig, LISBON)).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(acknowledged));
      for (const name of names.filter((each) => each !== 'Berlin')) {
        await rig.interlinks(LISBON, 'delete', name, '--yes');
      }
    },
    LONG_MS,
  );

  test(
    'lose nothing that was acknowledged when a connection is cut inside a transaction',
    async () => {
      const holder = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
      const waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'";
      const held = sql('BEGIN; LOCK TABLE interlinks IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)').catch(
        String,
      );
      await expect.poll(() => sql(`SELECT count(*) ${holder}`)).toBe('1');
      const renamed = rig.interlinks(LISBON, 'rename', 'Berlin', 'Hauptstadt').then(
        () => 'Hauptstadt',
        () => 'Berlin',
      );
      await expect.poll(() => sql(`SELECT count(*) ${waiting}`)).not.toBe('0');
      await sql(`SELECT pg_terminate_backend(pid) ${waiting}`);
      await sql(`SELECT pg_terminate_backend(pid) ${holder}`);
      await held;

      const name = await renamed;
      expect(await interlinksOf(rig, LISBON)).toMatchObject([{ name }]);
      await rig.interlinks(LISBON, 'rename', name, 'Lapa');
      expect(await interlinksOf(rig, LISBON)).toMatchObject([{ name: 'Lapa' }]);
      await rig.compose('restart', '--no-deps', 'lisbon');
      await untilGreen(rig, LISBON);
      expect(await interlinksOf(rig, LISBON)).toMatchObject([{ name: 'Lapa' }]);
      await rig.interlinks(LISBON, 'rename', 'Lapa', 'Berlin');
    },
    LONG_MS,
  );

  test(
    'are back after Asterisk was killed',
    async () => {
      await docker('kill', rig.container('lisbon-asterisk'));
      await expect.poll(() => interlinksOf(rig, LISBON)).toMatchObject([{ health: { colour: 'amber' } }]);
      await docker('start', rig.container('lisbon-asterisk'));
      await untilGreen(rig, BERLIN, LISBON);
      await talk(reception, '201', amalia);
      await hangUp(reception, amalia);
    },
    LONG_MS,
  );

  test(
    'carry calls both ways while one is of the next release; the database of that one refuses the older',
    async () => {
      await buildNextImage(archive);
      const dump = '/tmp/interlinks.dump';
      await rig.inside(
        'lisbon-database',
        'pg_dump',
        '--username=interlinks',
        '--format=custom',
        `--file=${dump}`,
      );
      await talk(reception, '201', amalia);
      await rigOf(PROJECT, 'lisbon-next').compose('up', '--no-deps', '--wait', 'lisbon');
      await untilHeard(reception, amalia.tone);
      await hangUp(reception, amalia);
      expect(await rig.interlinks(BERLIN, '--version')).toBe(version);
      expect(await rig.interlinks(LISBON, '--version')).not.toBe(version);
      await untilGreen(rig, BERLIN, LISBON);
      await talk(reception, '201', amalia);
      await hangUp(reception, amalia);
      await talk(amalia, '101', reception);
      await hangUp(amalia, reception);

      await rig.compose('up', '--no-deps', '--detach', 'lisbon');
      await expect.poll(() => rig.compose('logs', 'lisbon')).toContain('database-newer');
      await rig.compose('stop', 'lisbon');
      await rig.inside(
        'lisbon-database',
        'pg_restore',
        '--username=interlinks',
        '--dbname=interlinks',
        '--clean',
        dump,
      );
      await rig.compose('up', '--no-deps', '--wait', 'lisbon');
      await untilGreen(rig, BERLIN, LISBON);
      await talk(reception, '201', amalia);
      await hangUp(reception, amalia);
    },
    LONG_MS,
  );
});

/** Generates one key after another in Lisbon, until it says why not. @param acknowledged gets their names */
async function generateKeys(prefix: string, acknowledged: string[]): Promise<string> {
  for (;;) {
    const name = `${prefix} ${acknowledged.length}`;
    try {
      await rig.interlinks(LISBON, 'key', 'new', name);
    } catch (error) {
      return String(error);
    }
    acknowledged.push(name);
  }
}

/** Asks Lisbon's database. */
function sql(statement: string): Promise<string> {
  const psql = ['psql', '--username=interlinks', '--no-align', '--tuples-only', '--command', statement];
  return rig.inside('lisbon-database', ...psql).catch(String);
}
