import { inspect } from 'node:util';

const hidden = '[secret]';

/** A secret that does not show itself when it is logged, serialized or put into a text by mistake. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself; call it only where it is used. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

/** The secrets that the configuration refers to. */
export interface Secrets {
  readonly ariPassword: Secret;
  readonly amiPassword: Secret;
  /** None without `database`, or when the database asks for none. */
  readonly databasePassword: Secret | undefined;
}
