import { describe, expect, test } from 'vitest';
import { addressFlaw, hostFlaw, listenFlaw, networkFlaw, splitHostPort } from './hosts.ts';

const label63 = 'x'.repeat(63);

describe('a host', () => {
  test.each([
    'pbx',
    'pbx.berlin.example',
    'xn--mnchen-3ya.example',
    '1and1.example',
    'a_b.example',
    '203.0.113.7',
    '::1',
    label63,
  ])('%s', (host) => expect(hostFlaw(host)).toBeUndefined());

  test.each([
    '',
    ' pbx',
    'pbx ',
    'pbx.',
    '.pbx',
    'a..b',
    '-a',
    'a-',
    'münchen.example',
    'a b',
    'a\n',
    'a/b',
    'a:1',

    '10.0.0.256',
    '10.0.0',
    '1',
    '0x7f.1',
    '0x7f000001',
    '010.0.0.1',
    '[::1]',
    'fe80::1%eth0',
    `${label63}x`,
    `${`${label63}.`.repeat(4)}x`,
  ])('%j is none', (host) => expect(hostFlaw(host)).toBeDefined());
});

describe('an address', () => {
  test.each(['0.0.0.0', '203.0.113.7', '::', '2001:db8::1'])('%s', (text) =>
    expect(addressFlaw(text)).toBeUndefined(),
  );
  test.each(['', 'localhost', '127.1', 'fe80::1%1', '[::]'])('%j is none', (text) =>
    expect(addressFlaw(text)).toBeDefined(),
  );
});

describe('an address to listen on', () => {
  test.each([
    ['0.0.0.0:8443', '0.0.0.0', 8443],
    ['localhost:1', 'localhost', 1],
    ['[::]:65535', '::', 65_535],
    ['[2001:db8::1]:8443', '2001:db8::1', 8443],
  ])('%s', (text, host, port) => {
    expect(listenFlaw(text)).toBeUndefined();
    expect(splitHostPort(text)).toEqual({ host, port });
  });

  test.each([
    '',
    ':8443',
    '8443',
    '*:8443',
    '0.0.0.0',
    '0.0.0.0:',
    '0.0.0.0:0',
    '0.0.0.0:65536',
    '::1:8443',
    '[::1',
    '[10.0.0.1]:1',
    '[fe80::1%1]:1',
    'a:1:2',
    'a:1e3',
  ])('%j is none', (text) => expect(listenFlaw(text)).toBeDefined());
});

describe('a network', () => {
  test.each(['10.0.0.0/8', '0.0.0.0/0', '203.0.113.7/32', 'fd00::/8', '::1/128'])('%s', (text) => {
    expect(networkFlaw(text)).toBeUndefined();
  });
  test.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/8/8',
    'a/8',
    '10.0.0.0/-1',
    '/8',
  ])('%j is none', (text) => expect(networkFlaw(text)).toBeDefined());
});
