const control = /\p{Cc}/u;

/** Asterisk reads lines of at most 1,024 bytes, and drops an action with a longer one. Source: manager.c, get_input. */
const maxLineBytes = 1000;

/** The headers of an action beside Action and ActionID. */
export type AmiFields = Readonly<Record<string, string>>;

/**
 * Refuses what would become another action, or none, on its way to Asterisk: a line break in a value begins a new
 * header, two begin a new action. Every action passes here.
 *
 * @throws RangeError
 */
export function checkFields(action: string, fields: AmiFields): void {
  for (const [name, value] of Object.entries({ Action: action, ...fields })) {
    if (control.test(name) || control.test(value)) {
      throw new RangeError(`AMI ${JSON.stringify(action)}: control character in ${JSON.stringify(name)}`);
    }
    if (Buffer.byteLength(`${name}: ${value}`) > maxLineBytes) {
      throw new RangeError(`AMI ${action}: ${name} is too long for Asterisk`);
    }
  }
}
