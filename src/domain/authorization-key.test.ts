import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeKey, encodeKey, interlinkIdOf, proofKeyOf } from './authorization-key.ts';
import type { AuthorizationKey } from './authorization-key.ts';

const key: AuthorizationKey = {
  secret: new Uint8Array(16).fill(7),
  issuerIdentity: new Uint8Array(16).fill(200),
  expiresAt: Date.UTC(2030, 0, 1),
  url: 'https://pbx.berlin.example:8443',
};

const anyKey: fc.Arbitrary<AuthorizationKey> = fc.record({
  secret: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  issuerIdentity: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  expiresAt: fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((seconds) => seconds * 1000),
  url: fc.constantFrom(
    'https://pbx.berlin.example:8443',
    'https://a.example',
    'https://[2001:db8::1]:8443',
    'https://10.0.0.1',
  ),
});

function codeOf(text: string): string {
  const result = decodeKey(text);
  return result.ok ? 'ok' : result.failure.code;
}

test('has a stable form', () => {
  expect(encodeKey(key)).toMatchInlineSnapshot(
    `"ilk1-0W3GE-1R70W-3GE1R-70W3G-E1R70-Z4CHJ-68S34-CHJ68-S34CH-J68S3-471PY-RG1R6-4Y1EC-9JQ4V-39DRQ-6AY31-DNR6R-S9T70-T38CV-MN5SP-J"`,
  );
  expect(interlinkIdOf(key.secret)).toMatchInlineSnapshot(`"ag9s7cmsc069hr0t52csz3aqvg"`);
  expect(Buffer.from(proofKeyOf(key.secret)).toString('hex')).toMatchInlineSnapshot(
    `"b07e963f8dc8fac4dcc789b8413623eb740e59de74bad6a0a13667b8cd1816d7"`,
  );
});

test('reads back what it wrote', () => {
  fc.assert(
    fc.property(anyKey, (made) => {
      expect(decodeKey(encodeKey(made))).toEqual({ ok: true, value: made });
    }),
  );
});

test('the interlink id is 26 characters that do not show the secret', () => {
  expect(interlinkIdOf(key.secret)).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  expect(Buffer.from(proofKeyOf(key.secret))).not.toEqual(Buffer.from(key.secret));
});

describe('what does not matter', () => {
  const text = encodeKey(key);

  test.each([
    ['lower case', text.toLowerCase()],
    ['no hyphens', text.replaceAll('-', '')],
    ['spaces and line breaks', ` ${text.replaceAll('-', ' \r\n\t')}\n`],
    ['other hyphens and invisible characters', text.replaceAll('-', '\u2011\u200B\u00AD\u2013')],
    ['look-alikes', text.replaceAll('0', 'O').replaceAll('1', 'l')],
    ['other look-alikes', text.replaceAll('0', 'o').replaceAll('1', 'I')],
  ])('%s', (_, typed) => {
    expect(decodeKey(typed)).toEqual({ ok: true, value: key });
  });
});

describe('typing mistakes are found', () => {
  const symbol = fc.constantFrom(...Array.from('0123456789ABCDEFGHJKMNPQRSTUVWXYZ!é'));

  test('one wrong character', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(), symbol, (made, where, wrong) => {
        const text = encodeKey(made).replaceAll('-', '');
        const at = where % text.length;
        const typed = text.slice(0, at) + wrong + text.slice(at + 1);
        fc.pre(!decodeKey(typed).ok);
        expect(codeOf(typed)).toBe('key-mistyped');
      }),
    );
  });

  test('no wrong character of the payload is overlooked', () => {
    const text = encodeKey(key).replaceAll('-', '');
    const accepted: string[] = [];
    for (let at = 4; at < text.length; at += 1) {
      for (const wrong of Array.from('0123456789ABCDEFGHJKMNPQRSTUVWXYZ')) {
        const typed = text.slice(0, at) + wrong + text.slice(at + 1);
        if (typed !== text && codeOf(typed) !== 'key-mistyped') accepted.push(typed);
      }
    }
    expect(accepted).toEqual([]);
  });

  test('cut anywhere, or something appended', () => {
    const text = encodeKey(key);
    for (let length = 0; length < text.length; length += 1)
      expect(codeOf(text.slice(0, length))).toBe('key-mistyped');
    expect(codeOf(`${text}0`)).toBe('key-mistyped');
    expect(codeOf(`${text}00`)).toBe('key-mistyped');
    expect(codeOf(text + text)).toBe('key-mistyped');
  });

  test('two neighbours exchanged', () => {
    const text = encodeKey(key).replaceAll('-', '');
    const accepted: string[] = [];
    for (let at = 4; at < text.length - 1; at += 1) {
      const typed = text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
      if (typed !== text && codeOf(typed) !== 'key-mistyped') accepted.push(typed);
    }
    expect(accepted).toEqual([]);
  });

  test.each(['', 'hello', 'ilk', 'ilk1-', '0'.repeat(5000), 'ilk1-'.repeat(900)])('%j is no key', (text) => {
    expect(codeOf(text)).toBe('key-mistyped');
  });
});

test('says that a key of another version is one', () => {
  expect(codeOf('ilk2-ABCDE-FGHJK')).toBe('key-version');
  expect(codeOf(encodeKey(key).replace('ilk1', 'ilk7').slice(0, -1))).toBe('key-version');
});

test('takes a mistyped version for what it is', () => {
  expect(codeOf(encodeKey(key).replace('ilk1', 'ilk7'))).toBe('key-mistyped');
});

test.each(['ftp://x.example', 'https://user@x.example', 'https://x.example/path', 'https://'])(
  'refuses the URL %s inside a key',
  (url) => {
    expect(codeOf(encodeKey({ ...key, url }))).toBe('key-mistyped');
  },
);
