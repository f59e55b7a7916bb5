/** What happens in order, on either side, when an interlink ends. Tests kill the service at each. */
export const endSteps = ['ending', 'buried', 'refusing', 'cleaned-up'] as const;

/** What happens after that on the side that has to tell the other. */
export const noticeSteps = ['notice-sent', 'peer-told'] as const;

export type EndStep = (typeof endSteps)[number] | (typeof noticeSteps)[number];

/** Told of each step as soon as it is done. */
export type StepListener = (step: EndStep) => void;
