import type { HangupCause } from './hangup-cause.ts';

/** What one end of a test call saw of the sound, a few seconds after both ends began to send. */
export interface MediaFigures {
  /** RTP packets; undefined where the trunk keeps no count. */
  readonly received: number | undefined;
  readonly sent: number | undefined;
  /** Where this end sends its sound, as the other end announced it in its SDP: `203.0.113.7:10012`. */
  readonly target: string | undefined;
  /** As Asterisk calls it, such as `alaw`; empty when it is not known. */
  readonly codec: string;
}

/** What came of a media test. */
export type MediaOutcome =
  | {
      readonly kind: 'measured';
      readonly here: MediaFigures;
      /** Undefined when the peer could not say. */
      readonly there: MediaFigures | undefined;
    }
  | { readonly kind: 'unanswered'; readonly cause: HangupCause | undefined }
  | { readonly kind: 'no-asterisk' | 'busy' | 'unsupported' | 'under-way' | 'call-lost' }
  | { readonly kind: 'failed'; readonly reason: string };
