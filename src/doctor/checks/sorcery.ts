import type { AsteriskFacts } from '../facts.ts';
import { notChecked, orFine, problem, type Finding } from '../finding.ts';

const where = 'sorcery.conf';

/** Whether trunks can be made at run time: what sorcery.conf says, and what the running Asterisk does. */
export function checkSorcery({ functions, pushed }: AsteriskFacts): readonly Finding[] {
  if (functions === undefined) return [notChecked('sorcery', where, 'the ARI user may only read')];
  const unmapped = [...functions.sorcery].filter(([, target]) => target !== 'memory').map(([type]) => type);
  if (unmapped.length > 0) {
    return [
      problem(
        'sorcery-missing',
        where,
        `sorcery.conf does not let the service make ${unmapped.join(', ')} objects: there are no trunks`,
        'Include asterisk-config/sorcery-interlinks.conf in it, or add its lines ending in /push=memory to your section [res_pjsip], and restart Asterisk',
      ),
    ];
  }
  const refused = ['auth', 'aor'].filter((type) => !pushed.has(type));
  const found = refused.map((type) =>
    problem(
      'sorcery-missing',
      where,
      `sorcery.conf says so, but the running Asterisk does not let the service make ${type} objects`,
      'Restart Asterisk: it reads sorcery.conf at its start only',
    ),
  );
  return orFine(found, 'sorcery', where, 'Trunks can be made at run time');
}
