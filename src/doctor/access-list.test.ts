import { expect, test } from 'vitest';
import { entryFor } from './access-list.ts';

const one = '255.255.255.255';

test.each<[what: string, entries: readonly string[], entry: string | undefined]>([
  ['an address', [`192.0.2.7/${one}`], `192.0.2.7/${one}`],
  ['another address', [`192.0.2.8/${one}`], undefined],
  ['a network', ['192.0.2.0/255.255.255.0'], '192.0.2.0/255.255.255.0'],
  ['another network', ['192.0.3.0/255.255.255.0'], undefined],
  ['a mask with a gap', ['192.9.2.7/255.0.255.255'], '192.9.2.7/255.0.255.255'],
  ['everything', ['0.0.0.0/0.0.0.0'], '0.0.0.0/0.0.0.0'],
  ['everything else', ['0.0.0.0/0.0.0.0', `!192.0.2.7/${one}`], undefined],
  ['the last that fits', [`!192.0.2.7/${one}`, '192.0.0.0/255.255.0.0'], '192.0.0.0/255.255.0.0'],
  ['its port', [`192.0.2.7:5071/${one}`], `192.0.2.7:5071/${one}`],
  ['another port', [`192.0.2.7:5060/${one}`], undefined],
  ['every address of the other kind', ['::/::'], undefined],
  ['nothing', [], undefined],
])('%s: the entry for 192.0.2.7 at port 5071', (_what, entries, entry) => {
  expect(entryFor(entries, '192.0.2.7', 5071)).toBe(entry);
});

test.each<[entry: string, taken: boolean]>([
  ['2001:db8::/ffff:ffff::', true],
  ['2001:db8::7/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true],
  ['[2001:db8::7]:5071/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true],
  ['[2001:db8::7]:5060/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', false],
  ['2001:db8:1::/ffff:ffff:ffff::', false],
  ['0.0.0.0/0.0.0.0', false],
])('%s takes 2001:db8::7 at port 5071: %s', (entry, taken) => {
  expect(entryFor([entry], '2001:db8::7', 5071)).toBe(taken ? entry : undefined);
});

test('an entry with a port does not take a source whose port is not known', () => {
  expect(entryFor([`192.0.2.7:5060/${one}`], '192.0.2.7', undefined)).toBeUndefined();
});
