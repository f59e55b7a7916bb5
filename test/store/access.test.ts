import { describe, expect, test } from 'vitest';
import type { AccessToken } from '../../src/access/access-token.ts';
import type { AuditEntry } from '../../src/access/audit-log.ts';
import { engines } from './engines.ts';
import { HOUR, NOON } from './samples.ts';

function token(number: number, changes: Partial<AccessToken> = {}): AccessToken {
  return {
    id: `token-${number}`,
    kind: 'token',
    name: `Script ${number}`,
    scope: 'read',
    createdAt: NOON + number,
    expiresAt: undefined,
    lastUsedAt: undefined,
    ...changes,
  };
}

function entry(number: number, failure?: string): AuditEntry {
  return {
    id: `entry-${number}`,
    at: NOON + number,
    who: 'page (anna)',
    action: 'interlink-renamed',
    subject: 'Zürich → 日本',
    failure,
  };
}

describe.each(engines)('access in $name', ({ use }) => {
  const database = use();

  test('a token is found by its digest, with its last use, until it is removed', async () => {
    const { accessTokens } = await database.open();
    await accessTokens.add(token(1), 'a');
    await accessTokens.add(token(2, { scope: 'write', expiresAt: NOON + HOUR }), 'b');
    await accessTokens.used('token-2', NOON + 5);

    const second = token(2, { scope: 'write', expiresAt: NOON + HOUR, lastUsedAt: NOON + 5 });
    expect(await accessTokens.find('b')).toStrictEqual(second);
    expect(await accessTokens.find('c')).toBeUndefined();
    expect(await accessTokens.list()).toStrictEqual([token(1), second]);

    expect(await accessTokens.remove('token-2')).toBe(true);
    expect(await accessTokens.remove('token-2')).toBe(false);
    expect(await accessTokens.find('b')).toBeUndefined();
  });

  test('two tokens never share a name, in whatever case; sessions may', async () => {
    const { accessTokens } = await database.open();
    expect(await accessTokens.add(token(1), 'a')).toBe(true);
    expect(await accessTokens.add(token(2, { name: 'SCRIPT 1' }), 'b')).toBe(false);
    expect(await accessTokens.add(token(3, { name: 'Script 1', kind: 'session' }), 'c')).toBe(true);
    expect(await accessTokens.add(token(4, { name: 'Script 1', kind: 'session' }), 'd')).toBe(true);
    expect(await accessTokens.list()).toHaveLength(3);
  });

  test('what expired is forgotten, and nothing else', async () => {
    const { accessTokens } = await database.open();
    await accessTokens.add(token(1, { expiresAt: NOON }), 'a');
    await accessTokens.add(token(2, { expiresAt: NOON + 1 }), 'b');
    await accessTokens.add(token(3), 'c');

    await accessTokens.prune(NOON);

    expect((await accessTokens.list()).map(({ id }) => id)).toStrictEqual(['token-2', 'token-3']);
  });

  test('the audit log is newest first, from `since` up to the limit', async () => {
    const { audit } = await database.open();
    for (const one of [entry(2), entry(1, 'name-taken'), entry(3)]) await audit.add(one);

    expect(await audit.list(NOON + 1, 10)).toStrictEqual([entry(3), entry(2), entry(1, 'name-taken')]);
    expect(await audit.list(NOON + 2, 1)).toStrictEqual([entry(3)]);
  });

  test('what was done before a time is pruned from the audit log, and nothing else', async () => {
    const { audit } = await database.open();
    for (let number = 0; number < 150; number += 1) await audit.add(entry(number));

    await audit.prune(NOON + 148);

    expect(await audit.list(0, 10)).toStrictEqual([entry(149), entry(148)]);
  });
});
