/** Every code an admin or a script may meet. A code keeps its meaning for ever; messages may be reworded. */
export type FailureCode =
  | 'already-linked'
  | 'ami-unauthorized'
  | 'ami-unreachable'
  | 'ari-unauthorized'
  | 'ari-unreachable'
  | 'asterisk-setup'
  | 'config-invalid'
  | 'config-unreadable'
  | 'config-unwritable'
  | 'changed-meanwhile'
  | 'confirmation-needed'
  | 'daemon-unreachable'
  | 'data-dir-unusable'
  | 'database-in-use'
  | 'database-newer'
  | 'database-unreachable'
  | 'forbidden'
  | 'internal'
  | 'key-expired'
  | 'key-mistyped'
  | 'key-own'
  | 'key-refused'
  | 'key-used'
  | 'key-version'
  | 'name-invalid'
  | 'name-taken'
  | 'not-found'
  | 'output-unwritable'
  | 'peer-address-refused'
  | 'peer-unreachable'
  | 'peer-untrusted'
  | 'port-taken'
  | 'prefix-invalid'
  | 'prefix-taken'
  | 'request-invalid'
  | 'secret-key-exposed'
  | 'secret-key-missing'
  | 'secret-key-wrong'
  | 'sign-in-refused'
  | 'too-many-requests'
  | 'trunk-unsupported'
  | 'unauthorized';

/** What went wrong, in one line that is safe to show, and what to do about it. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
}

/** The outcome of something that can fail in an expected way. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: FailureCode, message: string, remedy: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, message, remedy } };
}

/** A failure that ends what was under way, such as the start of the daemon. `cause` is for the log only. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly failure: Failure;

  constructor(code: FailureCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = { code, message, remedy };
  }
}
