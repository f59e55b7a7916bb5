import { describe, expect, test } from 'vitest';
import { endpointFlaw, locationFlaw, nameFlaw, notFoundFlaw, numberFlaw, usernameFlaw } from './formats.ts';

const long = 'x'.repeat(81);

describe('a name', () => {
  test.each(['Berlin', 'Zoë & Søn', '東京', '☎'.repeat(40), '😀'.repeat(40), 'می‌خواهم', 'a "b" <c>'])(
    '%s',
    (name) => {
      expect(nameFlaw(name)).toBeUndefined();
    },
  );

  test.each([
    '',
    ' ',
    'x'.repeat(41),
    '😀'.repeat(41),
    'a\nb',
    'a\u0000',
    'a\u007F',
    'a\u0085',
    'a\u2028b',
    'a\u202Eb',
    'a\uD800',
    ' a',
    'a ',
  ])('%j is none', (name) => expect(nameFlaw(name)).toBeDefined());
});

describe('an internal number', () => {
  test.each(['0', '0101', '*21#', '1'.repeat(20)])('%s', (number) =>
    expect(numberFlaw(number)).toBeUndefined(),
  );

  test.each([
    ['', 'Write it like "101"'],
    ['abc', 'Write it like "101"'],
    ['+49 30', 'Write, for example, "4930"'],
    ['101\n', 'Write, for example, "101"'],
    ['٣', 'Write it like "101"'],
    ['1'.repeat(21), `Write, for example, "${'1'.repeat(20)}"`],
  ])('%j is none', (number, remedy) => expect(numberFlaw(number)?.remedy).toBe(remedy));
});

describe('an endpoint', () => {
  test.each(['PJSIP/101', 'IAX2/a_b', 'SIP/a.b-c', 'DAHDI/1', 'PJSIP/ill-1'])('%s', (text) => {
    expect(endpointFlaw(text)).toBeUndefined();
  });

  test.each([
    '',
    '101',
    'PJSIP/',
    'pjsip/1',
    'Local/1',
    'Local/1@outbound',
    'PJSIP/1@trunk',
    'PJSIP/1/2',
    'PJSIP/1&PJSIP/2',
    'PJSIP/1,30',
    'PJSIP/${X}',
    'PJSIP/1 ',
    'PJSIP/1\n',
    'xPJSIP/1',
    `PJSIP/${long}`,
  ])('%j is none', (text) => expect(endpointFlaw(text)?.message).toContain('no endpoint to ring'));

  test.each(['PJSIP/il-abc', 'IAX2/IL-abc'])('%s is a trunk', (text) => {
    expect(endpointFlaw(text)?.message).toContain('trunks of Interlinks');
  });
});

describe('a place in the dial plan', () => {
  test.each(['voicemail,101,1', 'from-internal,*97,1', 'a.b_c,s,start-here'])('%s', (text) => {
    expect(locationFlaw(text)).toBeUndefined();
    expect(notFoundFlaw(text)).toBeUndefined();
  });

  test.each([
    '',
    'a',
    'a,1',
    'a,1,',
    'a,,1',
    ',1,1',
    'a,1,0',
    'a,1,1,1',
    'a, 1,1',
    'a,1,1\n',
    'a,${X},1',
    'a|b,1,1',
    'a,1,1)',
    `${long},1,1`,
  ])('%j is none', (text) => {
    expect(locationFlaw(text)).toBeDefined();
    expect(notFoundFlaw(text)).toBeDefined();
  });

  test('holds the number dialed only as notFound', () => {
    expect(notFoundFlaw('outbound,9${EXTEN},1')).toBeUndefined();
    expect(locationFlaw('outbound,9${EXTEN},1')).toBeDefined();
    expect(notFoundFlaw('${EXTEN},1,1')).toBeDefined();
    expect(notFoundFlaw('outbound,1,${EXTEN}')).toBeDefined();
  });

  test('is not the context that found nothing', () => {
    expect(notFoundFlaw('interlinks,${EXTEN},1')?.remedy).toContain('other than interlinks');
  });
});

test.each(['interlinks', 'a.b@c-d_1'])('%s is a user name', (name) =>
  expect(usernameFlaw(name)).toBeUndefined(),
);
test.each(['', 'a b', 'a:b', 'a]', 'a\n', 'ä', long])('%j is no user name', (name) =>
  expect(usernameFlaw(name)).toBeDefined(),
);
