import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntries, tokens } from '../../src/admin/access-schema.ts';
import { startOffice, type Office } from '../rig/office.ts';

let office: Office;

beforeAll(async () => {
  office = await startOffice({ name: 'Berlin', numbers: [{ number: '101' }] });
});

afterAll(() => office.stop());

async function ask(secret: string, method: string, path: string, body?: object): Promise<number> {
  const response = await fetch(`http://${office.address}:8420/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  await response.text();
  return response.status;
}

async function create(...args: readonly string[]): Promise<string> {
  const { code, output } = await office.interlinks('token', 'create', ...args);
  expect(code).toBe(0);
  return output.trim();
}

test('a script is given a token, may do what its scope says, over a restart as well, until it is revoked', async () => {
  const reader = await create('Dashboard');
  const writer = await create('Provisioning', '--scope', 'write');
  const hide = { private: true };
  expect(await ask(reader, 'GET', '/numbers')).toBe(200);
  expect(await ask(reader, 'PATCH', '/numbers/101', hide)).toBe(403);
  expect(await ask(writer, 'PATCH', '/numbers/101', hide)).toBe(200);

  await office.service.stop();
  await office.startService();
  expect(await ask(reader, 'GET', '/numbers')).toBe(200);
  const listed = tokens.parse(await office.json('token', 'list')).tokens;
  expect(
    listed.map(({ name, scope, lastUsedAt }) => ({ name, scope, used: lastUsedAt !== undefined })),
  ).toEqual([
    { name: 'Dashboard', scope: 'read', used: true },
    { name: 'Provisioning', scope: 'write', used: true },
  ]);
  expect((await office.interlinks('token', 'list')).output).not.toContain(reader);

  expect((await office.interlinks('token', 'revoke', 'dashboard')).output).toBe(
    'Revoked the token "Dashboard".\n',
  );
  expect(await ask(reader, 'GET', '/numbers')).toBe(401);
  expect(await ask(writer, 'GET', '/numbers')).toBe(200);
  const again = await office.interlinks('token', 'revoke', 'Dashboard');
  expect([again.code === 0, again.output]).toEqual([false, expect.stringContaining('[not-found]')]);
  const taken = await office.interlinks('token', 'create', 'PROVISIONING');
  expect([taken.code === 0, taken.output]).toEqual([false, expect.stringContaining('[name-taken]')]);
});

test('the audit log says who did what', async () => {
  await office.interlinks('key', 'new', 'Lisbon');
  await office.interlinks('rename', 'lisbon', 'Lisboa');
  const secret = await create('Auditor');
  const response = await fetch(`http://${office.address}:8420/api/v1/audit`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  const { entries } = auditEntries.parse(await response.json());
  expect(entries.map(({ who, action, subject, failure }) => [who, action, subject, failure])).toEqual(
    expect.arrayContaining([
      ['token (Provisioning)', 'number-changed', '101: private', undefined],
      [expect.any(String), 'interlink-changed', 'Lisbon → Lisboa', undefined],
      ['the configuration file', 'configuration-changed', 'numbers', undefined],
      [expect.stringMatching(/^command \(.+\)$/), 'token-revoked', 'Dashboard', undefined],
      [expect.stringMatching(/^command \(.+\)$/), 'token-created', 'PROVISIONING (read)', 'name-taken'],
    ]),
  );
});
