import { randomUUID } from 'node:crypto';
import { identifyCaller } from '../domain/caller.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { DialplanLocation, LocalNumber } from '../domain/local-number.ts';
import type { PrefixedNumber } from '../domain/prefix.ts';
import {
  routeCall,
  type Asked,
  type AskedPeer,
  type LiveInterlinks,
  type Route,
  type RouteCallDeps,
} from './route-call.ts';

const namesShown = 10;

/** What a call would do, and why. */
export interface Explanation {
  readonly outcome: 'local' | 'trunk' | 'unknown' | 'away' | 'not-found' | 'foreign';
  readonly summary: string;
  readonly steps: readonly string[];
}

export interface ExplainRouteDeps extends RouteCallDeps {
  readonly interlinks: LiveInterlinks;
  readonly systemName: () => string;
  readonly notFound: () => DialplanLocation | undefined;
}

/**
 * The dry run: the same decision as for a call, peers really asked, nobody's phone ringing.
 *
 * @param from an endpoint such as `PJSIP/101`; none: a caller that is no number of this system
 */
export async function explainRoute(
  deps: ExplainRouteDeps,
  dialed: string,
  from: string | undefined,
): Promise<Explanation> {
  const caller = identifyCaller(deps.plan(), from ?? '', '', deps.systemName());
  const route = await routeCall(deps, { callId: randomUUID(), dialed, caller, fromTrunk: false });
  const steps = [
    caller.number === undefined
      ? `The caller shows to linked systems as "${caller.name}", without a number.`
      : `The caller shows to linked systems as "${caller.name}" <${caller.number}>.`,
    ...stepsOf(deps, route, dialed),
  ];
  const location = deps.notFound();
  if ((route.kind === 'unknown' || route.kind === 'foreign') && location !== undefined) {
    const { context } = location;
    return { outcome: 'not-found', summary: `goes on in the dial plan, context ${context}`, steps };
  }
  return { outcome: route.kind, summary: summaryOf(route), steps };
}

/** The dry run of a call that a linked system would send. */
export function explainArrival(
  deps: ExplainRouteDeps,
  dialed: string,
  interlink: ActiveInterlink,
): Explanation {
  const shared = deps.plan().findShared(dialed);
  const local = deps.plan().find(dialed);
  const steps = [`${interlink.name} reaches numbers of this system only.`];
  if (shared !== undefined) {
    return { outcome: 'local', summary: ringing(shared), steps: [...steps, `${dialed} is shared.`] };
  }
  const why = local === undefined ? 'is no number of this system' : 'is not shared';
  return {
    outcome: 'unknown',
    summary: 'unknown number (cause 1)',
    steps: [...steps, `${dialed} ${why}; to ${interlink.name} it does not exist.`],
  };
}

function summaryOf(route: Route): string {
  switch (route.kind) {
    case 'local':
      return ringing(route.number);
    case 'trunk':
      return `rings at ${route.candidates[0]?.interlink.name}`;
    case 'away':
      return 'refused: a linked system that may have it does not answer (cause 38)';
    case 'unknown':
    case 'foreign':
      return 'unknown number (cause 1)';
  }
}

function stepsOf(deps: ExplainRouteDeps, route: Route, dialed: string): readonly string[] {
  switch (route.kind) {
    case 'local':
      return [`${dialed} is a number of this system; a local number always wins.`];
    case 'foreign':
      return [foreignInWords(route.why, dialed)];
    case 'trunk':
    case 'away':
    case 'unknown':
      return [
        `${dialed} is no number of this system.`,
        ...(route.prefixed === undefined
          ? [...route.asked.map(answerInWords), ...notAsked(deps, route, dialed)]
          : prefixedInWords(route.prefixed, route.asked)),
      ];
  }
}

function foreignInWords(why: 'emergency' | 'form' | 'own-prefix', dialed: string): string {
  switch (why) {
    case 'emergency':
      return `${dialed} is an emergency number; linked systems are never asked for it.`;
    case 'own-prefix':
      return `${dialed} begins with this system's own prefix, and no number of this system follows.`;
    case 'form':
      return `${dialed} is not an internal number by form or length (see dialing in interlinks.yaml).`;
  }
}

function prefixedInWords(
  { interlink, number }: PrefixedNumber,
  asked: readonly AskedPeer[],
): readonly string[] {
  return [
    `${interlink.prefix} is the prefix of ${interlink.name}: nobody else is asked, and there for ${number}.`,
    ...(asked.length === 0
      ? [`Not asked, since it is not among what they share: ${interlink.name}.`]
      : asked.map(answerInWords)),
  ];
}

function answerInWords({ interlink, listed, answer }: AskedPeer): string {
  const who = listed
    ? `${interlink.name} lists it,`
    : `${interlink.name}, whose directory may be out of date,`;
  switch (answer) {
    case 'shared':
      return `${who} was asked, has it and lets this call in.`;
    case 'unknown':
      return `${who} was asked and does not have it, or not for others.`;
    case 'no-answer':
      return `${who} did not answer in time.`;
    case 'away':
      return listed
        ? `${interlink.name} listed it, is away and was not asked.`
        : `${interlink.name} has never said what it shares, is away and was not asked.`;
  }
}

/** Those that nobody had to ask, and why. */
function notAsked(
  { interlinks, directories }: ExplainRouteDeps,
  route: Asked,
  dialed: string,
): readonly string[] {
  const asked = new Set(route.asked.map(({ interlink }) => interlink.id));
  const possible = new Set(directories.whoMayHave(dialed).map(({ interlink }) => interlink.id));
  const others = interlinks.active().filter(({ id }) => !asked.has(id));
  if (others.length === 0) return asked.size === 0 ? ['No linked system to ask.'] : [];
  const spared = others.filter(({ id }) => possible.has(id));
  const without = others.filter(({ id }) => !possible.has(id));
  return [
    ...told('Not asked, since others said yes', spared),
    ...told(
      'Not asked, since it is not among what they share',
      without.filter(({ id }) => !interlinks.isAway(id)),
    ),
    ...told(
      'Away, and not waited for, since it was not among what they shared',
      without.filter(({ id }) => interlinks.isAway(id)),
    ),
  ];
}

function told(what: string, who: readonly ActiveInterlink[]): readonly string[] {
  return who.length === 0 ? [] : [`${what}: ${namesOf(who)}.`];
}

function namesOf(interlinks: readonly ActiveInterlink[]): string {
  const names = interlinks.slice(0, namesShown).map(({ name }) => name);
  const rest = interlinks.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} others`;
}

function ringing({ target, name, number }: LocalNumber): string {
  const who = name === undefined ? number : `${number} (${name})`;
  return target.kind === 'ring'
    ? `rings ${who} at ${target.endpoints.join(' and ')}`
    : `goes to ${who} in the dial plan, context ${target.location.context}`;
}
