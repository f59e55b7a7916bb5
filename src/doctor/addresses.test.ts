import { expect, test } from 'vitest';
import { isLoopback, matchesAddress } from './addresses.ts';

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['', false],
  ['192.0.2.1', false],
  ['pbx.example', false],
])('%j is loopback: %s', (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback);
});

test.each([
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7/255.255.255.255', '192.0.2.7', true],
  ['192.0.2.0/255.255.255.0', '192.0.2.7', true],
  ['192.0.2.0/24', '192.0.2.7', true],
  ['192.0.2.0/24', '192.0.3.7', false],
  ['0.0.0.0/0', '192.0.3.7', true],
  ['2001:db8::/32', '2001:db8::7', true],
  ['2001:db8::/32', '192.0.2.7', false],
  ['provider.example', '192.0.2.7', false],
])('match=%s takes %s: %s', (match, address, taken) => {
  expect(matchesAddress(match, address)).toBe(taken);
});
