import { beforeEach, expect, test } from 'vitest';
import type { Result } from '../domain/failure.ts';
import { AccessControl } from './access-control.ts';
import { MemoryTokens } from './testing/memory-access.ts';

const fileToken = 'F'.repeat(43);
const minute = 60_000;
let now: number;
let access: AccessControl;

beforeEach(() => {
  now = 1_790_000_000_000;
  access = new AccessControl({ fileToken, store: new MemoryTokens(), now: () => now });
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

test('the token in the data directory may do all, in the name of whoever runs the command', async () => {
  expect(await access.admit(fileToken, 'anna')).toMatchObject({ name: 'command (anna)', scope: 'write' });
  expect(await access.admit(fileToken, undefined)).toMatchObject({ name: 'command (admin)' });
  expect(await access.admit(fileToken, 'a\u202Eb')).toMatchObject({ name: 'command (admin)' });
  expect(await access.admit(fileToken.slice(1), 'anna')).toBeUndefined();
  expect(await access.admit('', 'anna')).toBeUndefined();
});

test('a token is let in by its secret until it expires or is revoked', async () => {
  const { secret, token } = valueOf(await access.create('Dashboard', 'read', 10 * minute));
  const other = valueOf(await access.create('Scripts', 'write', undefined));
  expect(await access.admit(secret, 'anna')).toMatchObject({ name: 'token (Dashboard)', scope: 'read' });
  now += 10 * minute;
  expect(await access.admit(secret, undefined)).toBeUndefined();
  expect((await access.list()).map(({ name }) => name)).toEqual(['Scripts']);

  const revoked: string[] = [];
  access.onRevoked((id) => revoked.push(id));
  expect(await access.revoke(token.id)).toMatchObject({ failure: { code: 'not-found' } });
  expect(valueOf(await access.revoke(other.token.id)).name).toBe('Scripts');
  expect(revoked).toEqual([other.token.id]);
  expect(await access.admit(other.secret, undefined)).toBeUndefined();
});

test('the last use is known to the minute', async () => {
  const { secret } = valueOf(await access.create('Dashboard', 'read', undefined));
  const lastUse = async () => (await access.list())[0]?.lastUsedAt;
  expect(await lastUse()).toBeUndefined();
  const first = now;
  await access.admit(secret, undefined);
  now += minute - 1;
  await access.admit(secret, undefined);
  expect(await lastUse()).toBe(first);
  now += 1;
  await access.admit(secret, undefined);
  expect(await lastUse()).toBe(now);
});

test('a name that is taken, or none, makes no token', async () => {
  await access.create('Dashboard', 'read', undefined);
  expect(await access.create('Dashboard', 'write', undefined)).toMatchObject({
    failure: { code: 'name-taken' },
  });
  expect(await access.create(' ', 'read', undefined)).toMatchObject({ failure: { code: 'name-invalid' } });
});

test('the name of a token that has expired is free', async () => {
  await access.create('Dashboard', 'read', 10 * minute);
  now += 10 * minute;
  expect(await access.create('Dashboard', 'read', undefined)).toMatchObject({ ok: true });
});

test('a sign-in code opens one session, once and within 5 minutes', async () => {
  const { code } = access.offerSignIn('anna');
  const late = access.offerSignIn('bruno');
  const { secret, token } = valueOf(await access.signIn(code));
  expect(token).toMatchObject({ kind: 'session', name: 'anna', scope: 'write' });
  expect(await access.admit(secret, undefined)).toMatchObject({ name: 'page (anna)', user: 'anna' });
  expect(await access.signIn(code)).toMatchObject({ failure: { code: 'sign-in-refused' } });
  expect(await access.signIn('guessed')).toMatchObject({ failure: { code: 'sign-in-refused' } });
  now += 5 * minute;
  expect(await access.signIn(late.code)).toMatchObject({ failure: { code: 'sign-in-refused' } });
  expect(await access.admit(secret, undefined)).toBeDefined();
  now += 24 * 60 * minute;
  expect(await access.admit(secret, undefined)).toBeUndefined();
});
