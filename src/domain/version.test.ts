import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { version } from './version.ts';

test('the version is the one in package.json', () => {
  expect(version).toBe(packageJson.version);
});
