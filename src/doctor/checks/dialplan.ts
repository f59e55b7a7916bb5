import type { DialplanFacts, FunctionFacts, PhoneContext } from '../facts.ts';
import { fine, notChecked, orFine, problem, warning, type Finding } from '../finding.ts';

const where = 'extensions.conf';
const reload = `"asterisk -rx 'dialplan reload'"`;

/** Whether Asterisk has dialplan/interlinks.conf of this version, and phones' calls come to it. */
export function checkDialplan(functions: FunctionFacts | undefined): readonly Finding[] {
  if (functions === undefined) return [notChecked('dialplan', where, 'the ARI user may only read')];
  const { dialplan } = functions;
  if (dialplan.version === 'missing') {
    return [
      problem(
        'dialplan-missing',
        where,
        'The dial plan has no context interlinks-call: no call reaches the service',
        `Include dialplan/interlinks.conf at the end of extensions.conf, and run ${reload}`,
      ),
    ];
  }
  const found = [
    ...checkFileVersion(dialplan),
    ...dialplan.contexts.flatMap((context) => checkContext(context)),
  ];
  const names = dialplan.contexts.map(({ name }) => name);
  const reached = names.length === 0 ? 'no number rings a PJSIP phone' : `included by ${names.join(', ')}`;
  return orFine(found, 'dialplan', where, `The dial plan has the contexts of this version, ${reached}`);
}

function checkFileVersion({ version }: DialplanFacts): readonly Finding[] {
  if (version === 'current') return [];
  return [
    warning(
      'dialplan-outdated',
      where,
      'The dial plan has the contexts of another version of Interlinks',
      `Include the dialplan/interlinks.conf that came with this version, and run ${reload}`,
    ),
  ];
}

function checkContext({ name, endpoints, includesInterlinks, earlier }: PhoneContext): readonly Finding[] {
  if (!includesInterlinks) {
    return [
      problem(
        'include-missing',
        name,
        `The context [${name}] of ${listed(endpoints)} does not include interlinks: nobody there can dial a linked number`,
        `Add "include => interlinks" to [${name}], after your extensions and before your outside lines, and run ${reload}`,
      ),
    ];
  }
  return earlier.map(({ what, numbers }) =>
    problem(
      'include-order',
      name,
      `In [${name}], ${what} takes numbers such as ${numbers.join(', ')} before interlinks does: linked numbers of that length are not dialed`,
      `Put "include => interlinks" of [${name}] before it (a pattern of the context itself goes into a context that is included later), and run ${reload}`,
    ),
  );
}

/** Whether the service's sign of life arrives, for a service that runs. */
export function checkHeartbeat(age: number | undefined): readonly Finding[] {
  if (age !== undefined && age <= 12) {
    return [fine('service', 'IL_HEARTBEAT', 'The service runs, and the dial plan hears its heartbeat')];
  }
  const since = age === undefined ? 'never arrived' : `is ${age} s old`;
  return [
    problem(
      'heartbeat-missing',
      'IL_HEARTBEAT',
      `The service runs, but its heartbeat in the dial plan ${since}: calls pass it by`,
      'Look at the log of the service for why it is not connected to Asterisk',
    ),
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
