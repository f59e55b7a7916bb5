import type { FunctionFacts } from '../facts.ts';
import { fine, notChecked, problem, type Finding } from '../finding.ts';

const where = 'asterisk.conf';

/** Whether whoever has the ARI account could run programs and read files. */
export function checkLiveDangerously(functions: FunctionFacts | undefined): readonly Finding[] {
  if (functions === undefined) return [notChecked('live-dangerously', where, 'the ARI user may only read')];
  if (!functions.liveDangerously) return [fine('live-dangerously', where, 'live_dangerously is off')];
  return [
    problem(
      'live-dangerously-on',
      where,
      'live_dangerously is on: whoever has the ARI password can run programs as Asterisk',
      'Set live_dangerously=no in section [options] of asterisk.conf, and restart Asterisk',
    ),
  ];
}
