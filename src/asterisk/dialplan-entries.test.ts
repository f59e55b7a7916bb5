import { expect, test } from 'vitest';
import { localNumber, ringing } from '../domain/testing/samples.ts';
import { astdbCopy, dialplanEntries } from './dialplan-entries.ts';

const voicemail = { context: 'voicemail', extension: '${EXTEN}', priority: '1' };

test('the dial plan is told all that it needs without the service, in the form that it takes', () => {
  const entries = dialplanEntries({
    numbers: [
      localNumber('101', {
        target: {
          kind: 'ring',
          endpoints: ['PJSIP/101', 'DAHDI/1'],
          timeoutSeconds: 20,
          noAnswer: voicemail,
        },
      }),
      localNumber('*55', { private: true }),
      localNumber('600', { target: { kind: 'dialplan', location: { ...voicemail, context: 'rooms' } } }),
    ],
    dialing: {
      min: 2,
      max: 3,
      notFound: { context: 'outbound', extension: '${EXTEN}', priority: 'go' },
      ownPrefix: undefined,
    },
    emergency: ['112'],
  });
  expect(Object.fromEntries(entries)).toEqual({
    'number/101': '20|PJSIP/101&DAHDI/1|voicemail,101,1',
    'number/*55': '30|PJSIP/*55|',
    'number/600': '||rooms,600,1',
    'dialing/notFound': 'outbound,${EXTEN},go',
    'emergency/112': '1',
    'length/2': '1',
    'length/3': '1',
    'pattern/_XX': '1',
    'pattern/_[023456789]XX': '1',
    'pattern/_1[023456789]X': '1',
    'pattern/_11[013456789]': '1',
    'prefix/1': '1',
    'prefix/2': '1',
  });
});

test('nothing stands there for a number that is not found', () => {
  const dialing = { min: 2, max: 2, notFound: undefined, ownPrefix: undefined };
  const entries = dialplanEntries({ numbers: [], dialing, emergency: [] });
  expect([...entries.keys()]).toEqual(['prefix/1', 'length/2', 'pattern/_XX']);
});

test('numbers are there with the own prefix too, but for what is another number or an emergency number', () => {
  const dialing = { min: 2, max: 3, notFound: undefined, ownPrefix: '1' };
  const numbers = ['1', '11', '12', '5'].map((number) => localNumber(number));
  const entries = dialplanEntries({ numbers, dialing, emergency: ['112'] });
  const own = [...entries].filter(([key]) => key.startsWith('number/'));
  expect(Object.fromEntries(own)).toEqual({
    'number/1': '30|PJSIP/1|',
    'number/11': '30|PJSIP/11|',
    'number/111': '30|PJSIP/11|',
    'number/12': '30|PJSIP/12|',
    'number/15': '30|PJSIP/5|',
    'number/5': '30|PJSIP/5|',
  });
});

test('a number, or the place of those that nobody has, is in AstDB when it is there as it is now', () => {
  const number = localNumber('101', { target: ringing('PJSIP/101') });
  const other = localNumber('101', { target: ringing('PJSIP/102') });
  const dialing = { min: 3, max: 3, notFound: voicemail, ownPrefix: undefined };
  const entries = dialplanEntries({ numbers: [number], dialing, emergency: [] });
  const copy = astdbCopy((key, value) => entries.get(key) === value);
  expect([number, other, localNumber('102')].map((local) => copy.hasNumber(local))).toEqual([
    true,
    false,
    false,
  ]);
  expect(copy.hasNotFound(voicemail)).toBe(true);
  expect(copy.hasNotFound({ ...voicemail, priority: '2' })).toBe(false);
});
