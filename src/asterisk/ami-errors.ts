/** Asterisk's refusal of an AMI action. */
export class AmiRefusal extends Error {
  override readonly name = 'AmiRefusal';
  readonly action: string;
  /** Asterisk's own words, such as `Permission denied`. */
  readonly reason: string;

  constructor(action: string, reason: string) {
    super(`AMI ${action}: ${reason}`);
    this.action = action;
    this.reason = reason;
  }
}

/** Whether the AMI user lacks a right (write= in manager.conf). */
export function isDenied(error: unknown): boolean {
  return error instanceof AmiRefusal && error.reason === 'Permission denied';
}

/** Whether AstDB has no such entry to delete. */
export function isMissingEntry(error: unknown): boolean {
  return error instanceof AmiRefusal && error.reason === 'Database entry could not be deleted';
}
