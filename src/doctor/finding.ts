/** What doctor looks at; docs/doctor.md says what each of them is. */
export const topics = [
  'config',
  'files',
  'disk',
  'ari',
  'ami',
  'asterisk-version',
  'modules',
  'codecs',
  'live-dangerously',
  'sorcery',
  'transport',
  'dialplan',
  'phones',
  'identify',
  'service',
  'peer',
  'trunk',
  'clock',
  'media',
] as const;

/** What doctor may find wrong. An id keeps its meaning for ever; docs/doctor.md has them all, with remedies. */
export const faults = [
  'config-invalid',
  'config-unreadable',
  'file-exposed',
  'disk-full',
  'ari-unreachable',
  'ari-unauthorized',
  'asterisk-setup',
  'ari-read-only',
  'ari-exposed',
  'ami-unreachable',
  'ami-unauthorized',
  'ami-rights-missing',
  'ami-rights-excess',
  'ami-exposed',
  'asterisk-old',
  'asterisk-holes',
  'module-missing',
  'codec-missing',
  'live-dangerously-on',
  'sorcery-missing',
  'transport-missing',
  'transport-differs',
  'dialplan-missing',
  'dialplan-outdated',
  'include-missing',
  'include-order',
  'endpoint-missing',
  'redirect-uri',
  'identify-clash',
  'heartbeat-missing',
  'peer-unreachable',
  'peer-cannot-reach-us',
  'peer-version',
  'trunk-unreachable',
  'trunk-unreachable-from-peer',
  'trunk-address-private',
  'prefix-clash',
  'clock-differs',
  'media-silent',
  'media-lossy',
  'media-call-failed',
  'media-unsupported',
] as const;

export type Topic = (typeof topics)[number];
export type Fault = (typeof faults)[number];

/** One thing that was looked at, or one that is wrong. */
export type Finding =
  | {
      readonly level: 'ok' | 'not-checked';
      readonly id: Topic;
      /** In one sentence, without the period. */
      readonly what: string;
      /** The file, address, context or interlink that it is about. */
      readonly where: string;
    }
  | {
      /** A warning works today; a problem keeps something from working, or lets somebody in. */
      readonly level: 'warning' | 'problem';
      readonly id: Fault;
      readonly what: string;
      readonly where: string;
      /** What to do about it. */
      readonly remedy: string;
    };

export function fine(id: Topic, where: string, what: string): Finding {
  return { level: 'ok', id, what, where };
}

export function notChecked(id: Topic, where: string, why: string): Finding {
  return { level: 'not-checked', id, what: `not checked: ${why}`, where };
}

export function problem(id: Fault, where: string, what: string, remedy: string): Finding {
  return { level: 'problem', id, what, where, remedy };
}

export function warning(id: Fault, where: string, what: string, remedy: string): Finding {
  return { level: 'warning', id, what, where, remedy };
}

/** The faults, or that there are none. */
export function orFine(
  found: readonly Finding[],
  id: Topic,
  where: string,
  what: string,
): readonly Finding[] {
  return found.length > 0 ? found : [fine(id, where, what)];
}
