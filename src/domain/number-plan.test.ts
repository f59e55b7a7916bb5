import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDialable } from './number-plan.ts';
import { localNumber, numberPlan, ringing } from './testing/samples.ts';

test.each(['1', '101', '*97', '#31', '01234567890123456789'])('%s can be dialed', (text) => {
  expect(isDialable(text)).toBe(true);
});

test.each([
  '',
  '012345678901234567890',
  '101@il-0000000000000000',
  '101&102',
  '101/1',
  '101,1',
  '+49301',
  '101\n',
  '\n101',
  '101\0',
  '١٠١',
  '１０１',
  'a101',
  ' 101',
])('%j cannot be dialed', (text) => {
  expect(isDialable(text)).toBe(false);
});

test('no string with any other character can be dialed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(/[^0-9*#]/u.test(text));
      expect(isDialable(text)).toBe(false);
    }),
  );
});

test('finds its numbers, and shares those that are neither private nor emergency numbers', () => {
  const plan = numberPlan(localNumber('101'), localNumber('190', { private: true }), localNumber('112'));
  expect(plan.find('101')?.number).toBe('101');
  expect(plan.find('190')?.number).toBe('190');
  expect(plan.find('102')).toBeUndefined();
  expect(plan.findShared('101')?.number).toBe('101');
  expect(plan.findShared('190')).toBeUndefined();
  expect(plan.findShared('112')).toBeUndefined();
});

test('peers are asked for internal numbers only', () => {
  const plan = numberPlan();
  expect(['20', '201', '201234'].every((number) => plan.isPlausibleElsewhere(number))).toBe(true);
  expect(
    ['2', '2012345', '112', '911', '20a', '*21', '2#', ''].some((number) =>
      plan.isPlausibleElsewhere(number),
    ),
  ).toBe(false);
});

test('knows which numbers ring an endpoint', () => {
  const reception = localNumber('100', { target: ringing('PJSIP/101', 'PJSIP/102') });
  const plan = numberPlan(localNumber('101'), reception);
  expect(plan.numbersOf('PJSIP/101').map(({ number }) => number)).toEqual(['101', '100']);
  expect(plan.numbersOf('PJSIP/102')).toEqual([reception]);
  expect(plan.numbersOf('PJSIP/103')).toEqual([]);
});
