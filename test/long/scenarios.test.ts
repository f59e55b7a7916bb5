import { describeScenarios } from '../scenarios/describe-scenarios.ts';
import { readScenarios } from '../scenarios/scenario.ts';

describeScenarios(await readScenarios({ long: true }));
