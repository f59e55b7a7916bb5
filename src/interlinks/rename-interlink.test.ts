import { expect, test } from 'vitest';
import { Exclusive } from '../domain/exclusive.ts';
import { renameInterlink } from './rename-interlink.ts';
import { SampleInterlinks } from './testing/samples.ts';

function deps({ store, registry }: SampleInterlinks) {
  return { store, registry, exclusive: new Exclusive() };
}

test('the new name is there at once, for calls and lists', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  const renamed = await renameInterlink(deps(samples), id, '  Hauptstadt ');
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
  expect(await renameInterlink(deps(samples), id, name)).toMatchObject({ failure: { code } });
  expect(samples.registry.find(id)?.name).toBe('ber');
});

test('one that has ended cannot be renamed', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  expect(await renameInterlink(deps(samples), id, 'x')).toMatchObject({ failure: { code: 'not-found' } });
});

test('of two who saw the same name and change it at once, the second is told, and nothing of the first is lost', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  const together = deps(samples);
  const results = await Promise.all([
    renameInterlink(together, id, 'Anna', 'ber'),
    renameInterlink(together, id, 'Bruno', 'ber'),
  ]);
  expect(results).toMatchObject([{ ok: true }, { failure: { code: 'changed-meanwhile' } }]);
  expect(samples.registry.find(id)?.name).toBe('Anna');
});
