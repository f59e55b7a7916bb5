import { expect, test } from 'vitest';
import { checkVersion } from './version.ts';

test.each([
  ['22.10.1', ['asterisk-version'], 'ok'],
  ['22.10.1+dfsg+~cs6.17.60671434-1', ['asterisk-version'], 'ok'],
  ['22.11.0', ['asterisk-version'], 'ok'],
  ['23.0.0', ['asterisk-version'], 'not-checked'],
  ['22.10.0', ['asterisk-holes'], 'warning'],
  ['22.4.0', ['asterisk-holes'], 'warning'],
  ['20.19.0', ['asterisk-old'], 'problem'],
  ['16.28.0~dfsg', ['asterisk-old'], 'problem'],
  ['GIT-22-abcdef', ['asterisk-version'], 'not-checked'],
])('%s', (version, ids, level) => {
  const found = checkVersion(version);
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(found[0]?.level).toBe(level);
});

test('names the holes that the next versions closed, and not those closed before', () => {
  const [older] = checkVersion('22.5.1');
  expect(older?.what).toContain('GHSA-64qc-9x89-rx5j');
  expect(older?.what).not.toContain('GHSA-2grh-7mhv-fcfw');
});
