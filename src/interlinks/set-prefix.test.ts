import { expect, test } from 'vitest';
import { Exclusive } from '../domain/exclusive.ts';
import { setPrefix } from './set-prefix.ts';
import { SampleInterlinks } from './testing/samples.ts';

function deps(samples: SampleInterlinks, own?: string) {
  return {
    store: samples.store,
    registry: samples.registry,
    exclusive: new Exclusive(),
    ownPrefix: () => own,
  };
}

test('is there at once, and goes again', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  expect(await setPrefix(deps(samples), id, '82')).toMatchObject({ ok: true, value: { prefix: '82' } });
  expect(samples.registry.find(id)?.prefix).toBe('82');
  expect(await setPrefix(deps(samples), id, '82')).toMatchObject({ ok: true });
  expect(await setPrefix(deps(samples), id, undefined)).toMatchObject({ ok: true });
  expect(samples.registry.find(id)).not.toHaveProperty('prefix');
});

test.each([
  ['prefix-invalid', '+49'],
  ['prefix-taken', '8'],
  ['prefix-taken', '823'],
  ['prefix-taken', '9'],
])('%s: %s changes nothing', async (code, prefix) => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  const other = await samples.addActive('far');
  await setPrefix(deps(samples), other.id, '82');
  expect(await setPrefix(deps(samples, '90'), id, prefix)).toMatchObject({ failure: { code } });
  expect(samples.registry.find(id)).not.toHaveProperty('prefix');
});

test('of two that are given at once and clash, one is refused', async () => {
  const samples = new SampleInterlinks();
  const [a, b] = [await samples.addActive('ber'), await samples.addActive('far')];
  const together = deps(samples);
  const results = await Promise.all([setPrefix(together, a.id, '82'), setPrefix(together, b.id, '82')]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false]);
});

test('one that has ended cannot get one', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  for (const seen of [undefined, '83']) {
    expect(await setPrefix(deps(samples), id, '82', seen)).toMatchObject({ failure: { code: 'not-found' } });
  }
});

test('who saw another prefix than there is by now is told, and changes nothing', async () => {
  const samples = new SampleInterlinks();
  const { id } = await samples.addActive('ber');
  const together = deps(samples);
  expect(await setPrefix(together, id, '82', null)).toMatchObject({ ok: true });
  for (const seen of [null, '83']) {
    expect(await setPrefix(together, id, '84', seen)).toMatchObject({
      failure: { code: 'changed-meanwhile' },
    });
  }
  expect(samples.registry.find(id)?.prefix).toBe('82');
  expect(await setPrefix(together, id, undefined, '82')).toMatchObject({ ok: true });
});
