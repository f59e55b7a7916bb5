import { expect, test } from 'vitest';
import { identifyCaller, shownCaller } from './caller.ts';
import { localNumber, numberPlan, ringing } from './testing/samples.ts';

const plan = numberPlan(
  localNumber('101', { name: 'Reception' }),
  localNumber('190', { name: 'Server room', private: true }),
  localNumber('102', { target: ringing('PJSIP/desk') }),
  localNumber('103', { target: ringing('PJSIP/desk') }),
  localNumber('600', { target: ringing('PJSIP/101', 'PJSIP/lobby') }),
);
const identify = (endpoint: string, callerId = ''): unknown =>
  identifyCaller(plan, endpoint, callerId, 'Berlin');

test('an endpoint with one number of its own calls as that number, whatever caller ID it sends', () => {
  expect(identify('PJSIP/101', '999')).toEqual({ number: '101', name: 'Reception' });
});

test('among several numbers of an endpoint the caller ID picks, but only among those', () => {
  expect(identify('PJSIP/desk', '103')).toEqual({ number: '103', name: 'Berlin' });
  expect(identify('PJSIP/desk', '101')).toEqual({ number: undefined, name: 'Berlin' });
});

test.each([
  ['a private number', 'PJSIP/190', '190'],
  ['an endpoint that only takes part in a group', 'PJSIP/lobby', '600'],
  ['an endpoint without a number', 'PJSIP/door', '101'],
])('%s calls without a number, as the system', (_what, endpoint, callerId) => {
  expect(identify(endpoint, callerId)).toEqual({ number: undefined, name: 'Berlin' });
});

test('the called phone shows the interlink before the caller’s name', () => {
  expect(shownCaller('Lisbon', { number: '201', name: 'João' })).toEqual({
    number: '201',
    name: 'Lisbon: João',
  });
});

test('a caller without a number shows as the interlink, whatever name the peer sends', () => {
  const expected = { number: undefined, name: 'Lisbon' };
  expect(shownCaller('Lisbon', { number: undefined, name: 'Your bank' })).toEqual(expected);
  expect(shownCaller('Lisbon', { number: '201@evil', name: 'Your bank' })).toEqual(expected);
});

test('names lose what a phone cannot print, and end after 40 characters', () => {
  const { name } = shownCaller('L', { number: '201', name: `a\r\n\u202Eb${'語'.repeat(60)}` });
  expect(name).toBe(`L: ab${'語'.repeat(38)}`);
});
