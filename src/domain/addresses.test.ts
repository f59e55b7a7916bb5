import { describe, expect, test } from 'vitest';
import { isAddressAllowed, isHostAllowed } from './address-policy.ts';
import { hostAndPort, isHost, isLoopback } from './host.ts';
import { hostOf, parsePeerUrl } from './peer-url.ts';

describe('addresses to connect to', () => {
  test.each([
    '8.8.8.8',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.1.1',
    '2a00:1450::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ])('%s is allowed', (address) => {
    expect(isAddressAllowed(address, false)).toBe(true);
  });

  test.each([
    '127.0.0.1',
    '127.255.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    '::ffff:0:7f00:1',
  ])('loopback %s needs the explicit setting', (address) => {
    expect(isAddressAllowed(address, false)).toBe(false);
    expect(isAddressAllowed(address, true)).toBe(true);
  });

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::ffff:169.254.169.254',
    '::ffff:0.0.0.0',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '2001:0:1::1',
    '2001:db8::1',
    '100::1',
    'example.org',
    '',
  ])('%s is refused, on test rigs too', (address) => {
    expect(isAddressAllowed(address, true)).toBe(false);
  });

  test('a name is judged by its resolution, an address at once', () => {
    expect(isHostAllowed('pbx.example', false)).toBe(true);
    expect(isHostAllowed('127.0.0.1', false)).toBe(false);
  });
});

test.each(['pbx.example', 'PBX', 'a-b.c_d', '10.0.0.1', '2001:db8::1', 'xn--bcher-kva.example'])(
  '%s is a host',
  (text) => {
    expect(isHost(text)).toBe(true);
  },
);

test.each([
  '',
  'a b',
  'a..b',
  '-a',
  'a;b',
  'a\nb',
  'a,b',
  'a@b',
  '127.1',
  '0x7f.1',
  '2130706433',
  '010.0.0.1',
  '[::1]',
  'fe80::1%eth0',
  'a/b',
  'a:5060',
  `${'a'.repeat(64)}.example`,
  'bücher.example',
])('%j is no host', (text) => {
  expect(isHost(text)).toBe(false);
});

test('an IPv6 address stands in brackets before a port, other hosts do not', () => {
  expect(
    ['pbx.example', '192.0.2.1', '2001:db8::1'].map((host) => hostAndPort({ host, port: 5071 })),
  ).toEqual(['pbx.example:5071', '192.0.2.1:5071', '[2001:db8::1]:5071']);
});

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['pbx.LOCALHOST', true],
  ['', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['pbx.example', false],
  ['localhost.example', false],
])('%j is a loopback address: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});

test.each([
  ['pbx.example', 'https://pbx.example'],
  ['https://PBX.example:8443/', 'https://pbx.example:8443'],
  ['https://pbx.example:443', 'https://pbx.example'],
  ['[2001:DB8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['https://2130706433', 'https://127.0.0.1'],
])('%s is read as %s', (text, url) => {
  expect(parsePeerUrl(text)).toBe(url);
});

test.each([
  'http://pbx.example',
  'https://pbx.example/path',
  'https://pbx.example/?',
  'https://pbx.example#x',
  'https://u:p@pbx.example',
  'https://pbx.example:0',
  'https://',
  'x'.repeat(300),
  '',
])('%s is no peer URL', (text) => {
  expect(parsePeerUrl(text)).toBeUndefined();
});

test('gives the host without brackets', () => {
  expect(hostOf('https://[2001:db8::1]:8443')).toBe('2001:db8::1');
  expect(hostOf('https://pbx.example')).toBe('pbx.example');
});
