import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { untilIdle } from '../rig/talk.ts';
import { readScenarios } from './scenario.ts';
import { startStage, type Stage } from './stage.ts';
import { actionFor } from './vocabulary.ts';

const folders = await readScenarios();

/** Each step in its turn, and no channel left at the end. */
async function expectAll(stage: Stage, steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    await actionFor(step)(stage).catch((error: unknown) => {
      throw new Error(`${step}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  }
  for (const office of Object.values(stage.offices)) await untilIdle(office);
}

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

test('a step that the vocabulary does not have is refused', () => {
  expect(() => actionFor('101 sings')).toThrow('no such step: 101 sings');
});
