import type { DialplanLocation, LocalNumber } from '../domain/local-number.ts';
import { locationOf, locationText, type AstdbCopy } from './call-channels.ts';
import { dialplanPatterns } from './dialplan-patterns.ts';

const notFoundKey = 'dialing/notFound';

/** What of the configuration the dial plan has to know while the service is away. */
export interface DialplanSettings {
  readonly numbers: readonly LocalNumber[];
  readonly dialing: {
    /** Shortest and longest number that enters Interlinks, in digits. */
    readonly min: number;
    readonly max: number;
    readonly notFound: DialplanLocation | undefined;
    /** May be dialed before this system's own numbers. */
    readonly ownPrefix: string | undefined;
  };
  readonly emergency: readonly string[];
}

/**
 * @returns what is in Interlinks' family of AstDB, by key: what dialplan/interlinks.conf reads there, and says what it is
 *   for, and `pattern/…`, which extensions its context interlinks-patterns has
 */
export function dialplanEntries(settings: DialplanSettings): ReadonlyMap<string, string> {
  const { numbers, dialing, emergency } = settings;
  const { min, max, notFound, ownPrefix } = dialing;
  const entries = new Map<string, string>();
  for (let length = 1; length <= max; length += 1) {
    if (length >= min) entries.set(`length/${length}`, '1');
    if (length < max) entries.set(`prefix/${length}`, '1');
  }
  for (const pattern of dialplanPatterns({ min, max }, emergency)) entries.set(`pattern/${pattern}`, '1');
  for (const number of emergency) entries.set(`emergency/${number}`, '1');
  if (notFound !== undefined) entries.set(notFoundKey, locationText(notFound));
  const prefixed =
    ownPrefix === undefined ? [] : numbers.map((local) => [ownPrefix + local.number, local] as const);
  const own = new Map(prefixed.filter(([dialed]) => !emergency.includes(dialed)));
  for (const local of numbers) own.set(local.number, local);
  for (const [dialed, local] of own) entries.set(numberKey(dialed), numberEntry(local));
  return entries;
}

/** What of these entries is in AstDB, as far as `has` knows. */
export function astdbCopy(has: (key: string, value: string) => boolean): AstdbCopy {
  return {
    hasNumber: (local) => has(numberKey(local.number), numberEntry(local)),
    hasNotFound: (location) => has(notFoundKey, locationText(location)),
  };
}

function numberKey(dialed: string): string {
  return `number/${dialed}`;
}

/** `30|PJSIP/101&PJSIP/102|voicemail,101,1`, or a place alone: `||conferences,600,1`. */
function numberEntry({ number, target }: LocalNumber): string {
  if (target.kind === 'dialplan') return `||${locationOf(target.location, number)}`;
  const noAnswer = target.noAnswer === undefined ? '' : locationOf(target.noAnswer, number);
  return `${target.timeoutSeconds}|${target.endpoints.join('&')}|${noAnswer}`;
}
