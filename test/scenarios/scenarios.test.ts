import { expect, test } from 'vitest';
import { describeScenarios } from './describe-scenarios.ts';
import { readScenarios } from './scenario.ts';
import { actionFor } from './vocabulary.ts';

describeScenarios(await readScenarios({ long: false }));

test('a step that the vocabulary does not have is refused', () => {
  expect(() => actionFor('101 sings')).toThrow('no such step: 101 sings');
});
