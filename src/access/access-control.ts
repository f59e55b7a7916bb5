import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { AccessScope } from '../domain/access-scope.ts';
import { parseDisplayName } from '../domain/display-name.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { isOver, type AccessToken, type AccessTokenStore } from './access-token.ts';
import { SignInCodes, type SignInCode } from './sign-in-codes.ts';

const sessionMs = 24 * 3_600_000;
/** Last uses are written no more often than this. */
const usedEveryMs = 60_000;

/** Who asks. */
export interface Actor {
  /** As the audit log says it, such as `page (anna)`. */
  readonly name: string;
  /** The person, or what a token is called. */
  readonly user: string;
  readonly scope: AccessScope;
  /** Undefined for the command on this machine, which has the token in the data directory. */
  readonly token: AccessToken | undefined;
}

/** A new token with its secret, which is told this once. */
export interface NewToken {
  readonly secret: string;
  readonly token: AccessToken;
}

export interface AccessControlDeps {
  /** The secret in the data directory. */
  readonly fileToken: string;
  readonly store: AccessTokenStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Who may use the admin API. */
export class AccessControl {
  readonly #deps: AccessControlDeps;
  readonly #codes: SignInCodes;
  readonly #onRevoked = new Set<(id: string) => void>();

  constructor(deps: AccessControlDeps) {
    this.#deps = deps;
    this.#codes = new SignInCodes(deps.now);
  }

  /** @param user who the command says it was started by */
  async admit(secret: string, user: string | undefined): Promise<Actor | undefined> {
    const { fileToken, store, now } = this.#deps;
    if (timingSafeEqual(sha256(secret), sha256(fileToken))) {
      return actorOf('command', parseDisplayName(user ?? '') ?? 'admin', 'write', undefined);
    }
    const token = await store.find(digestOf(secret));
    if (token === undefined || isOver(token, now())) return undefined;
    if (now() - (token.lastUsedAt ?? 0) >= usedEveryMs) await store.used(token.id, now());
    return actorOf(token.kind === 'session' ? 'page' : 'token', token.name, token.scope, token);
  }

  /** Those that have not expired, the oldest first. */
  async list(): Promise<readonly AccessToken[]> {
    return (await this.#deps.store.list()).filter((token) => !isOver(token, this.#deps.now()));
  }

  /**
   * Makes a token for a script. Fails with `name-invalid`, `name-taken`.
   * @param expiresInMs undefined: it holds until it is revoked
   */
  async create(text: string, scope: AccessScope, expiresInMs: number | undefined): Promise<Result<NewToken>> {
    const name = parseDisplayName(text);
    if (name === undefined) {
      return fail('name-invalid', 'A name has 1 to 40 printable characters.', 'Choose a shorter name.');
    }
    const made = await this.#make('token', name, scope, expiresInMs);
    if (made !== undefined) return ok(made);
    return fail(
      'name-taken',
      `Another token is called "${name}" already.`,
      'Choose another name, or revoke it.',
    );
  }

  /** Ends a token or a session at once. Fails with `not-found`. */
  async revoke(id: string): Promise<Result<AccessToken>> {
    const token = (await this.list()).find((one) => one.id === id);
    if (token === undefined || !(await this.#deps.store.remove(id))) {
      return fail('not-found', 'There is no such token.', 'See "interlinks token list".');
    }
    for (const listener of this.#onRevoked) listener(id);
    return ok(token);
  }

  /** @returns the function that ends the subscription */
  onRevoked(listener: (id: string) => void): () => void {
    this.#onRevoked.add(listener);
    return () => this.#onRevoked.delete(listener);
  }

  /** What a browser signs in with, once. @param user whose session it will be */
  offerSignIn(user: string): SignInCode {
    return this.#codes.make(user);
  }

  /** Opens a browser's session. Fails with `sign-in-refused`. */
  async signIn(code: string): Promise<Result<NewToken>> {
    const user = this.#codes.take(code);
    const made = user === undefined ? undefined : await this.#make('session', user, 'write', sessionMs);
    if (made !== undefined) return ok(made);
    return fail(
      'sign-in-refused',
      'This sign-in link was used before, or is too old.',
      'Run "interlinks open" on the machine of the service for a new one.',
    );
  }

  async #make(
    kind: AccessToken['kind'],
    name: string,
    scope: AccessScope,
    expiresInMs: number | undefined,
  ): Promise<NewToken | undefined> {
    const createdAt = this.#deps.now();
    const secret = randomBytes(32).toString('base64url');
    const token: AccessToken = {
      id: randomUUID(),
      kind,
      name,
      scope,
      createdAt,
      expiresAt: expiresInMs === undefined ? undefined : createdAt + expiresInMs,
      lastUsedAt: undefined,
    };
    // An expired one would keep its name.
    await this.#deps.store.prune(createdAt);
    return (await this.#deps.store.add(token, digestOf(secret))) ? { secret, token } : undefined;
  }
}

function actorOf(means: string, user: string, scope: AccessScope, token: AccessToken | undefined): Actor {
  return { name: `${means} (${user})`, user, scope, token };
}

/** The secret is 256 random bits, so that nothing slower than one hash is needed. */
function digestOf(secret: string): string {
  return sha256(secret).toString('hex');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
