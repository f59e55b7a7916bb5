/** A place in the admin's dial plan, as in `Goto(context,extension,priority)`. */
export interface DialplanLocation {
  readonly context: string;
  readonly extension: string;
  /** A priority number or a label. */
  readonly priority: string;
}

/** What happens when a local number is called. */
export type NumberTarget =
  | {
      readonly kind: 'ring';
      /** `TECH/name`, 1 to 20 of them; all of their contacts ring. */
      readonly endpoints: readonly string[];
      readonly timeoutSeconds: number;
      /** Where a call goes that nobody answered in time; none: it ends. */
      readonly noAnswer: DialplanLocation | undefined;
    }
  | { readonly kind: 'dialplan'; readonly location: DialplanLocation };

/** An internal number of this system. */
export interface LocalNumber {
  readonly number: string;
  readonly name: string | undefined;
  readonly target: NumberTarget;
  /** Kept from linked systems; to them it looks like a number that does not exist. */
  readonly private: boolean;
}
