import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { untilIdle } from '../rig/talk.ts';
import type { ScenarioFolder } from './scenario.ts';
import { startStage, type Stage } from './stage.ts';
import { actionFor } from './vocabulary.ts';

/** Each step in its turn, and no channel left at the end. */
async function expectAll(stage: Stage, steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    await actionFor(step)(stage).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${step}: ${reason}; unspoken of: ${noticed(stage)}`, { cause: error });
    });
  }
  for (const office of Object.values(stage.offices)) await untilIdle(office);
}

/** Such as `101 dialing, closed 500; 102 nothing`. */
function noticed(stage: Stage): string {
  const phones = Object.values(stage.offices).flatMap(({ phoneNumbers }) => phoneNumbers);
  const phrases = phones.map((number) => {
    const events = stage.unspoken(number).map(({ type, status }) => [type, status ?? []].flat().join(' '));
    return `${number} ${events.join(', ') || 'nothing'}`;
  });
  return phrases.join('; ');
}

/** Lines of each log that a failure shows. */
const shownLines = 80;

/** What the offices' Asterisks, services and phones have to say of a failure. */
async function traces({ offices }: Stage): Promise<string> {
  const parts = Object.values(offices).map(async (office) => {
    const { name, pbx, service, phoneNumbers } = office;
    const phones = phoneNumbers.flatMap((number) => {
      const phone = office.phone(number);
      return [
        lastLines(
          `phone ${number}`,
          phone.events.list.map((event) => JSON.stringify(event)),
        ),
        lastLines(`what the program of phone ${number} wrote`, phone.log().split('\n')),
      ];
    });
    return [
      lastLines(`${name}'s Asterisk`, (await readFile(pbx.asterisk.logFile, 'utf8')).split('\n')),
      lastLines(`${name}'s service`, service.output().split('\n')),
      ...phones,
    ].join('\n');
  });
  return (await Promise.all(parts)).join('\n');
}

function lastLines(title: string, lines: readonly string[]): string {
  return [`--- ${title}:`, ...lines.slice(-shownLines)].join('\n');
}

/** Declares the tests of some folders. */
export function describeScenarios(folders: readonly ScenarioFolder[]): void {
  describe.each(folders)('$name', ({ offices, trunks, scenarios }) => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await startStage(offices);
    });

    afterAll(() => stage.stop());

    describe.each(trunks)('over %s:', (trunk) => {
      beforeAll(async () => {
        const { Berlin, Lisbon } = stage.offices;
        await linkOffices(Berlin, Lisbon, '--trunk', trunk);
        return async () => await Berlin.interlinks('delete', 'Lisbon', '--yes');
      });

      test.each(Object.entries(scenarios))('%s', async (_title, steps) => {
        stage.begin();
        try {
          await expectAll(stage, steps);
        } catch (error) {
          throw new Error(`${String(error)}\n${await traces(stage)}`, { cause: error });
        } finally {
          await stage.end();
        }
      });
    });
  });
}
