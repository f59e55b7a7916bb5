import { describe, expect, test } from 'vitest';
import { ariUrlFlaw, databaseUrlFlaw, peerUrlFlaw, splitUrl } from './urls.ts';

describe('a peer URL', () => {
  test.each([
    'https://a.example',
    'https://a.example:8443',
    'https://a.example/',
    'HTTPS://[2001:db8::1]:8443',
  ])('%s', (url) => expect(peerUrlFlaw(url)).toBeUndefined());

  test.each([
    '',
    'a.example',
    'https://',
    'https:a.example',
    'ftp://a.example',
    'https://a.example:0',
    'https://a.example:99999',

    'https://a.example/x',
    'https://a.example//',
    'https://a.example?q',
    'https://a.example#f',
    'https://2130706433',

    'https://0x7f.1',
    'https://a b',
    'https://a.example\n',
    'https://a\\b',
    'https://[::1',
    'https://ä.example',
  ])('%j is none', (url) => expect(peerUrlFlaw(url)?.message).toContain('is not https://'));

  test('may not be plain http; the remedy keeps the rest', () => {
    expect(peerUrlFlaw('http://a.example:80')).toEqual({
      message: expect.stringContaining('TLS only'),
      remedy: 'Write https://a.example:80',
    });
  });

  test.each(['https://user@a.example', 'http://user:hunter2@a.example'])('%s holds credentials', (url) => {
    const flaw = peerUrlFlaw(url);
    expect(flaw?.message).toContain('no user name or password');
    expect(JSON.stringify(flaw)).not.toContain('hunter2');
  });
});

describe('the URL of Asterisk', () => {
  test.each(['http://127.0.0.1:8088', 'https://pbx:8089/', 'http://[::1]:8088'])('%s', (url) => {
    expect(ariUrlFlaw(url)).toBeUndefined();
  });

  test.each([
    '',
    '127.0.0.1:8088',
    'ws://a',
    'http://a/ari',
    'http://a/ari/',
    'http://a/prefix',
    'http://a/x?api_key=1',
    'http://a b',
  ])('%j is none', (url) => expect(ariUrlFlaw(url)?.message).toContain('is not the URL'));

  test('holds no password', () => {
    const flaw = ariUrlFlaw('http://interlinks:hunter2@127.0.0.1:8088');
    expect(flaw?.message).toBe('The URL holds a user name or password');
    expect(JSON.stringify(flaw)).not.toContain('hunter2');
  });
});

describe('a database URL', () => {
  test.each([
    'postgres://interlinks@db/interlinks',
    'postgresql://db:5432/x?sslmode=verify-full',
    'postgres:///x?host=/run',
  ])('%s', (url) => expect(databaseUrlFlaw(url)).toBeUndefined());

  test.each(['', 'db', 'mysql://db/x', 'postgres://[/x', 'postgres://db/x y', 'postgres://db/\nx'])(
    '%j is none',
    (url) => {
      expect(databaseUrlFlaw(url)?.message).toBe('This is no PostgreSQL URL');
    },
  );

  test.each(['postgres://a:hunter2@db/x', 'postgres://db/x?password=hunter2', 'mysql://a:hunter2@db/x'])(
    'in %s the password is refused and not shown',
    (url) => {
      expect(databaseUrlFlaw(url)).toBeDefined();
      expect(JSON.stringify(databaseUrlFlaw(url))).not.toContain('hunter2');
    },
  );
});

test('a URL comes apart', () => {
  expect(splitUrl('HTTP://[::1]:80/a/b')).toEqual({ scheme: 'http', host: '::1', port: 80, path: '/a/b' });
});
