import { describe, expect, test } from 'vitest';
import { auditEntries, createdToken, signInLink, tokens } from './access-schema.ts';
import { expectProblem, lisbon, TestAdmin, type Reply } from './testing/test-admin.ts';

const admin = new TestAdmin();

async function bearerOf(scope: 'read' | 'write'): Promise<Record<string, string>> {
  const made = await admin.access.create(`${scope} ${Math.random()}`, scope, undefined);
  return { authorization: `Bearer ${made.ok ? made.value.secret : ''}` };
}

describe('a token', () => {
  test('with the scope read may look, and changes nothing', async () => {
    const headers = await bearerOf('read');
    expect((await admin.send('/api/v1/interlinks', { headers })).status).toBe(200);
    expectProblem(await admin.post('/api/v1/keys', { name: 'x' }, headers), 403, 'forbidden');
    for (const path of ['/api/v1/tokens/1', '/api/v1/interlinks/1']) {
      expectProblem(await admin.send(path, { method: 'DELETE', headers }), 403, 'forbidden');
    }
    expectProblem(await admin.post('/api/v1/sign-in-links', {}, headers), 403, 'forbidden');
    expect([admin.asked, admin.audit.entries]).toEqual([[], []]);
  });

  test('is made, listed with its last use, and revoked', async () => {
    const made = JSON.parse((await admin.post('/api/v1/tokens', { name: 'Scripts', scope: 'write' })).text);
    const { secret, token } = createdToken.parse(made);
    const headers = { authorization: `Bearer ${secret}` };
    expect((await admin.post('/api/v1/keys', { name: 'x' }, headers)).status).toBe(201);
    const listed = await admin.send('/api/v1/tokens');
    expect(listed.text).not.toContain(secret);
    const found = tokens.parse(JSON.parse(listed.text)).tokens.find(({ id }) => id === token.id);
    expect(found).toMatchObject({ name: 'Scripts', lastUsedAt: expect.any(String) });
    expect((await admin.send(`/api/v1/tokens/${token.id}`, { method: 'DELETE' })).status).toBe(200);
    expectProblem(await admin.send('/api/v1/system', { headers }), 401, 'unauthorized');
  });

  test('that sends far more requests than anybody needs is told to wait', async () => {
    const headers = await bearerOf('read');
    const all = await Promise.all(
      Array.from({ length: 650 }, async () => await admin.send('/api/v1/session', { headers })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(600);
    const refusals = all.filter(({ status }) => status !== 200);
    expect(refusals).toHaveLength(50);
    for (const one of refusals) expectProblem(one, 429, 'too-many-requests');
    expect((await admin.send('/api/v1/session')).status).toBe(200);
  });

  test('that is guessed is refused ever more briefly, and the right one still let in', async () => {
    const headers = { authorization: 'Bearer guessed' };
    for (let i = 0; i < 20; i += 1) {
      expectProblem(await admin.send('/api/v1/system', { headers }), 401, 'unauthorized');
    }
    expectProblem(await admin.send('/api/v1/system', { headers }), 429, 'too-many-requests');
    expectProblem(
      await admin.post('/api/v1/session', { code: 'x' }, { authorization: '' }),
      429,
      'too-many-requests',
    );
    expect((await admin.send('/api/v1/system')).status).toBe(200);
  });
});

describe('a browser', () => {
  const url = 'https://page.berlin.example';
  const host = 'page.berlin.example';

  async function signIn(): Promise<Reply> {
    const link = signInLink.parse(JSON.parse((await admin.post('/api/v1/sign-in-links', {})).text));
    const [, code = ''] = link.url.split('#sign-in=');
    expect(link.url.startsWith(`${url}/#`)).toBe(true);
    return await admin.post('/api/v1/session', { code }, { authorization: '', host, origin: url });
  }

  test('signs in by a link, once, and gets a cookie that stays with this page', async () => {
    const link = signInLink.parse(JSON.parse((await admin.post('/api/v1/sign-in-links', {})).text));
    const [, code = ''] = link.url.split('#sign-in=');
    const headers = { authorization: '', host, origin: url };
    const first = await admin.post('/api/v1/session', { code }, headers);
    expect(first.status).toBe(201);
    expect(first.cookie).toMatch(
      new RegExp(
        `^__Host-interlinks-${admin.port}=[\\w-]{43}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict; Secure$`,
      ),
    );
    expectProblem(await admin.post('/api/v1/session', { code }, headers), 401, 'sign-in-refused');
  });

  test('is known by its cookie, changes things from the page only, and signs out', async () => {
    const [cookie = ''] = (await signIn()).cookie.split(';');
    const headers = { authorization: '', host, cookie };
    expect((await admin.send('/api/v1/session', { headers })).status).toBe(200);
    expectProblem(await admin.post('/api/v1/keys', { name: 'x' }, headers), 401, 'unauthorized');
    const foreign = { ...headers, origin: 'https://evil.example' };
    expectProblem(await admin.post('/api/v1/keys', { name: 'x' }, foreign), 401, 'unauthorized');
    expect((await admin.post('/api/v1/keys', { name: 'x' }, { ...headers, origin: url })).status).toBe(201);

    const out = await admin.send('/api/v1/session', {
      method: 'DELETE',
      headers: { ...headers, origin: url },
    });
    expect([out.status, out.cookie]).toEqual([200, expect.stringContaining('Max-Age=0')]);
    expectProblem(await admin.send('/api/v1/session', { headers }), 401, 'unauthorized');
  });

  test('whose session is over is asked to sign in, and not taken for somebody who guesses', async () => {
    const headers = { authorization: '', host, cookie: `__Host-interlinks-${admin.port}=over` };
    expectProblem(await admin.send('/api/v1/session', { headers }), 401, 'unauthorized');
    expect(admin.refused).toHaveLength(1);
    const page = { ...headers, 'sec-fetch-site': 'same-origin' };
    expectProblem(await admin.send('/api/v1/session', { headers: page }), 401, 'unauthorized');
    expect(admin.refused).toHaveLength(1);
  });

  test('whose session is revoked gets no more events', async () => {
    const [cookie = ''] = (await signIn()).cookie.split(';');
    const session = (await admin.access.list()).findLast(({ kind }) => kind === 'session');
    const headers = { authorization: '', host, cookie };
    const onBegun = (): void => void admin.access.revoke(session?.id ?? '');
    expect((await admin.send('/api/v1/events', { headers, onBegun })).text).toContain('event: reset');
  });
});

describe('the audit log', () => {
  test('says what was tried of which nobody knows whether it was done', async () => {
    admin.redeemKey = () => Promise.reject(new Error('the connection was lost during COMMIT'));
    await admin.post('/api/v1/interlinks', { name: 'Lisbon', key: 'a key' });
    expect(admin.audit.entries).toMatchObject([{ action: 'key-entered', failure: 'internal' }]);
  });

  test('says who did what, also what failed, and of looking nothing', async () => {
    await admin.post('/api/v1/keys', { name: 'Lisbon' }, { 'interlinks-user': 'anna' });
    await admin.send(`/api/v1/interlinks/${lisbon.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Porto', was: 'Lisbon' }),
    });
    await admin.send('/api/v1/interlinks');
    const { entries } = auditEntries.parse(JSON.parse((await admin.send('/api/v1/audit')).text));
    expect(entries).toEqual([
      expect.objectContaining({
        who: 'command (admin)',
        action: 'interlink-changed',
        subject: 'Lisbon → Porto',
        failure: 'name-taken',
      }),
      { at: expect.any(String), who: 'command (anna)', action: 'key-generated', subject: 'Lisbon' },
    ]);
  });
});
