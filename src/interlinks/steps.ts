/** What happens in order in the life of an interlink. Tests kill the service at each. */
export const steps = {
  /** A pairing on the side that entered the key. */
  redeemer: [
    'redemption-stored',
    'request-answered',
    'answer-stored',
    'confirmation-answered',
    'redeemer-activated',
  ],
  /** A pairing on the side that generated the key. */
  issuer: ['request-proved', 'key-redeemed', 'confirmation-taken', 'issuer-activated'],
  /** The end of an interlink, on either side. */
  end: ['ending', 'buried', 'refusing', 'cleaned-up'],
  /** What precedes the notice when the redeemer has no answer of the issuer yet, and so cannot tell it anything. */
  withdrawal: ['withdrawal-answered', 'issuer-found'],
  /** What follows the end on the side that has to tell the other. */
  notice: ['notice-sent', 'peer-told'],
} as const;

export type Step = (typeof steps)[keyof typeof steps][number];

/** Told of each step as soon as it is done. */
export type StepListener = (step: Step) => void;
