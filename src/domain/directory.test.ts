import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directoryOf } from './directory.ts';
import type { LocalNumber } from './local-number.ts';
import { localNumber, numberPlan, ringing } from './testing/samples.ts';

const anyNumbers = fc
  .uniqueArray(
    fc.record({
      number: fc.stringMatching(/^[0-9*#]{1,6}$/),
      name: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
      private: fc.boolean(),
    }),
    { selector: ({ number }) => number, maxLength: 12 },
  )
  .map((all) => all.map(({ number, ...rest }) => localNumber(number, rest)));

const of = (numbers: readonly LocalNumber[]) => directoryOf(numberPlan(...numbers));
const isShared = (local: LocalNumber) => !local.private && !['112', '911'].includes(local.number);

test('has number and name of what is shared, and nothing else', () => {
  const { numbers } = of([
    localNumber('202', { name: 'Lab', target: ringing('PJSIP/a', 'PJSIP/b') }),
    localNumber('290', { name: 'Server room', private: true }),
    localNumber('112', { name: 'Porter' }),
    localNumber('101'),
  ]);
  expect(numbers).toStrictEqual([
    { number: '101', name: undefined },
    { number: '202', name: 'Lab' },
  ]);
});

test('whatever is private leaves no trace', () => {
  fc.assert(
    fc.property(anyNumbers, (numbers) => {
      expect(of(numbers)).toStrictEqual(of(numbers.filter(isShared)));
    }),
  );
});

test('the order in the file does not matter', () => {
  fc.assert(
    fc.property(anyNumbers, (numbers) => {
      expect(of(numbers.toReversed())).toStrictEqual(of(numbers));
    }),
  );
});

test('two directories have the same revision only if they say the same', () => {
  fc.assert(
    fc.property(anyNumbers, anyNumbers, (some, others) => {
      const [a, b] = [of(some), of(others)];
      expect(a.revision === b.revision).toBe(JSON.stringify(a.numbers) === JSON.stringify(b.numbers));
    }),
  );
});

test('every change of what is shared changes the revision', () => {
  const base = [localNumber('101', { name: 'Reception' }), localNumber('202')];
  const revisions = [
    base,
    [localNumber('101', { name: 'Entrance' }), localNumber('202')],
    [localNumber('101'), localNumber('202')],
    [localNumber('101', { name: '' }), localNumber('202')],
    [localNumber('101', { name: 'Reception' })],
    [localNumber('101', { name: 'Reception' }), localNumber('202', { private: true }), localNumber('203')],
  ].map((numbers) => of(numbers).revision);
  expect(new Set(revisions).size).toBe(revisions.length);
});
