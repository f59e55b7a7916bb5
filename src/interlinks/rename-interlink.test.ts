import { expect, test } from 'vitest';
import { renameInterlink } from './rename-interlink.ts';
import { SampleInterlinks } from './testing/samples.ts';

test('the new name is there at once, for calls and lists', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  const renamed = await renameInterlink(samples, id, '  Hauptstadt ');
  expect(renamed).toMatchObject({ ok: true, value: { name: 'Hauptstadt' } });
  expect(samples.registry.find(id)?.name).toBe('Hauptstadt');
});

test.each([
  ['name-invalid', ''],
  ['name-taken', 'FAR'],
])('%s changes nothing', async (code, name) => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  await samples.addKey('far');
  expect(await renameInterlink(samples, id, name)).toMatchObject({ failure: { code } });
  expect(samples.registry.find(id)?.name).toBe('ber');
});

test('one that has ended cannot be renamed', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  expect(await renameInterlink(samples, id, 'x')).toMatchObject({ failure: { code: 'not-found' } });
});
