import { expect, test } from 'vitest';
import { checkModules } from './modules.ts';

const missing = (loaded: readonly string[], ...protocols: Parameters<typeof checkModules>[1]) =>
  checkModules(new Set(loaded), protocols)
    .filter(({ id }) => id === 'module-missing')
    .map(({ where }) => where);

test('chan_iax2.so is needed where calls may go over IAX2, and only there', () => {
  expect(missing([], 'pjsip')).not.toContain('chan_iax2.so');
  expect(missing([], 'pjsip', 'iax2')).toContain('chan_iax2.so');
  expect(missing(['chan_iax2.so'], 'iax2')).not.toContain('chan_iax2.so');
});
