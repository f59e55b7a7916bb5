import { hostAndPort, isLoopback } from '../../domain/host.ts';
import type { AmiFacts, FunctionFacts } from '../facts.ts';
import { orFine, problem, warning, type Finding } from '../finding.ts';

/** By what numbers get into AstDB, and the one class of rights that all takes which the service does over AMI. */
const neededActions = ['DBPut', 'DBDel', 'DBGetTree'];
const neededClass = 'system';
/** Actions that every account may do have this instead of classes. */
const noClass = '<none>';

/**
 * Whether the AMI account can do what the service needs and nothing else.
 *
 * @param functions undefined where the ARI user may only read: then nothing is known of manager.conf
 */
export function checkAmi(
  { actions }: AmiFacts,
  functions: FunctionFacts | undefined,
  account: { readonly host: string; readonly port: number; readonly username: string },
): readonly Finding[] {
  const { username } = account;
  const found: Finding[] = [];
  const missing = neededActions.filter((action) => !actions.has(action.toLowerCase()));
  const excess = [...actions].filter(
    ([, classes]) => !classes.includes(neededClass) && !classes.includes(noClass),
  );
  const remedy = `Set write=${neededClass} and an empty read= in section [${username}] of manager.conf, then run "asterisk -rx 'manager reload'"`;
  if (missing.length > 0) {
    const what = `The AMI user ${username} may not do ${missing.join(', ')}: numbers do not ring while the service is away`;
    found.push(problem('ami-rights-missing', username, what, remedy));
  }
  if (excess.length > 0) {
    const classes = new Set(excess.flatMap(([, all]) => all.filter((name) => name !== 'all')));
    const what = `The AMI user ${username} has rights that the service does not need: ${[...classes].toSorted().join(', ')}`;
    found.push(warning('ami-rights-excess', username, what, remedy));
  }
  if (functions !== undefined && !isLoopback(functions.managerBind)) {
    const bind = functions.managerBind === '' ? 'any address' : functions.managerBind;
    found.push(
      warning(
        'ami-exposed',
        'manager.conf',
        `Asterisk's manager interface listens on ${bind}, unencrypted: whoever reaches it can try passwords`,
        'Set bindaddr=127.0.0.1 in section [general] of manager.conf, or keep others from that port by the firewall',
      ),
    );
  }
  const fineText = `AMI takes the user ${username}, who has the rights needed and no more`;
  return orFine(found, 'ami', hostAndPort(account), fineText);
}
