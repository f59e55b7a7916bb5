import type { AccessToken, AccessTokenStore } from '../access-token.ts';
import type { AuditEntry, AuditStore } from '../audit-log.ts';

/** Tokens for unit tests; the real stores have tests of their own. */
export class MemoryTokens implements AccessTokenStore {
  readonly #tokens = new Map<string, AccessToken>();

  async add(token: AccessToken, digest: string): Promise<boolean> {
    const taken = [...this.#tokens.values()].some(
      ({ kind, name }) => kind === 'token' && name === token.name,
    );
    if (token.kind === 'token' && taken) return false;
    this.#tokens.set(digest, token);
    return true;
  }

  async find(digest: string): Promise<AccessToken | undefined> {
    return this.#tokens.get(digest);
  }

  async list(): Promise<readonly AccessToken[]> {
    return [...this.#tokens.values()];
  }

  async used(id: string, at: number): Promise<void> {
    for (const [digest, token] of this.#tokens) {
      if (token.id === id) this.#tokens.set(digest, { ...token, lastUsedAt: at });
    }
  }

  async remove(id: string): Promise<boolean> {
    for (const [digest, token] of this.#tokens) if (token.id === id) return this.#tokens.delete(digest);
    return false;
  }

  async prune(now: number): Promise<void> {
    for (const [digest, { expiresAt = Infinity }] of this.#tokens) {
      if (expiresAt <= now) this.#tokens.delete(digest);
    }
  }
}

export class MemoryAudit implements AuditStore {
  readonly entries: AuditEntry[] = [];

  async add(entry: AuditEntry): Promise<void> {
    this.entries.unshift(entry);
  }

  async list(since: number, limit: number): Promise<readonly AuditEntry[]> {
    return this.entries.filter(({ at }) => at >= since).slice(0, limit);
  }
}
