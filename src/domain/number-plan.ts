import type { LocalNumber } from './local-number.ts';
import { afterPrefix } from './prefix.ts';

/** Which dialed strings Interlinks takes an interest in at all. */
export interface DialingRules {
  /** Shortest and longest number, in digits, that is looked up at peers. */
  readonly min: number;
  readonly max: number;
  /** Never looked up, never shared, never accepted from a peer. */
  readonly emergency: readonly string[];
  /** What other systems' people dial before a number of this one; here it may be dialed too. */
  readonly ownPrefix: string | undefined;
}

const dialable = /^[0-9*#]{1,20}$/;

/**
 * Whether a string, byte for byte, may take part in routing. Whatever else somebody dials or a peer asks for is
 * unknown; it is not cleaned up, since `201@il-…` without its `@il-…` would be another call than was meant.
 */
export function isDialable(text: string): boolean {
  return dialable.test(text);
}

/** This system's internal numbers and its dialing rules, indexed for routing. Immutable: a change makes a new one. */
export class NumberPlan {
  readonly numbers: readonly LocalNumber[];
  readonly rules: DialingRules;
  readonly #byNumber: ReadonlyMap<string, LocalNumber>;
  readonly #byEndpoint: ReadonlyMap<string, readonly LocalNumber[]>;
  readonly #emergency: ReadonlySet<string>;

  constructor(numbers: readonly LocalNumber[], rules: DialingRules) {
    this.numbers = numbers;
    this.rules = rules;
    this.#byNumber = new Map(numbers.map((local) => [local.number, local]));
    this.#emergency = new Set(rules.emergency);
    const byEndpoint = new Map<string, LocalNumber[]>();
    for (const local of numbers) {
      if (local.target.kind !== 'ring') continue;
      for (const endpoint of local.target.endpoints) {
        byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), local]);
      }
    }
    this.#byEndpoint = byEndpoint;
  }

  find(number: string): LocalNumber | undefined {
    return this.#byNumber.get(number);
  }

  /** What somebody here who dials this means: a number of this system, with or without its own prefix. */
  findDialed(dialed: string): LocalNumber | undefined {
    const local = this.#byNumber.get(dialed);
    if (local !== undefined || this.isEmergency(dialed)) return local;
    const number = afterPrefix(dialed, this.rules.ownPrefix);
    return number === undefined ? undefined : this.#byNumber.get(number);
  }

  /** Whether it is dialed with this system's own prefix, so that it concerns no other system. */
  hasOwnPrefix(dialed: string): boolean {
    return afterPrefix(dialed, this.rules.ownPrefix) !== undefined;
  }

  /** The number if peers may have it: it exists, is not private and no emergency number. */
  findShared(number: string): LocalNumber | undefined {
    const local = this.#byNumber.get(number);
    return local === undefined || local.private || this.isEmergency(number) ? undefined : local;
  }

  /** The numbers that ring an endpoint, such as `PJSIP/101`. */
  numbersOf(endpoint: string): readonly LocalNumber[] {
    return this.#byEndpoint.get(endpoint) ?? [];
  }

  isEmergency(number: string): boolean {
    return this.#emergency.has(number);
  }

  /** Whether peers may be asked for it: digits alone, of an internal number's length, no emergency number. */
  isPlausibleElsewhere(dialed: string): boolean {
    const { min, max } = this.rules;
    return (
      /^[0-9]+$/.test(dialed) && dialed.length >= min && dialed.length <= max && !this.isEmergency(dialed)
    );
  }
}
