/** Something the rig needs is missing or does not work. The message is one line and ends with what to do about it. */
export class RigError extends Error {
  override readonly name = 'RigError';

  constructor(message: string, remedy: string) {
    super(`${message} (${remedy})`);
  }
}
