import { expect, test } from 'vitest';
import { isLoopback } from './addresses.ts';

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
