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
      throw new Error(`${step}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  }
  for (const office of Object.values(stage.offices)) await untilIdle(office);
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
        } finally {
          await stage.end();
        }
      });
    });
  });
}
