import { expect, test } from 'vitest';
import type { IdentifySection } from '../facts.ts';
import { checkIdentify, type PeerAddress } from './identify.ts';

const usual = ['ip', 'username', 'anonymous'];
const lisbon: PeerAddress = {
  interlink: 'Lisbon',
  address: '192.0.2.7',
  trunk: { kind: 'pjsip', port: 5071 },
};
const office: IdentifySection = {
  name: 'from-anywhere',
  endpoint: 'provider',
  matches: ['192.0.2.0/255.255.255.0'],
  header: '',
  requestUri: '',
};

/** The ids of what is found, with their level. */
function check(section: Partial<IdentifySection>, order = usual, peers = [lisbon]): readonly string[] {
  const found = checkIdentify({ order, sections: [{ ...office, ...section }] }, peers);
  return found.map(({ level, id }) => `${level} ${id}`);
}

const clash = ['problem identify-clash'];
const perhaps = ['warning identify-clash'];
const none = ['ok identify'];

test('a clash names section, trunk, match, interlink and remedy', () => {
  expect(checkIdentify({ order: usual, sections: [office] }, [lisbon])).toEqual([
    {
      level: 'problem',
      id: 'identify-clash',
      where: 'provider',
      what: 'Your trunk provider claims every call from 192.0.2.0/255.255.255.0 by its identify section [from-anywhere], and so those of Lisbon (192.0.2.7)',
      remedy:
        'Narrow match in [from-anywhere], or put "username" before "ip" in endpoint_identifier_order of the section with type=global in pjsip.conf, and restart Asterisk',
    },
  ]);
});

test('the user name comes before the address', () => {
  expect(check({}, ['username', 'ip'])).toEqual(none);
  expect(check({}, ['username', 'anonymous'])).toEqual(none);
  expect(check({}, ['ip'])).toEqual(clash);
});

test('a port counts for what comes from one port only', () => {
  const matches = ['192.0.2.7:5071/255.255.255.255'];
  expect(check({ matches })).toEqual(none);
  expect(check({ matches }, usual, [{ ...lisbon, trunk: { kind: 'pjsip-plain', port: 5071 } }])).toEqual(
    clash,
  );
});

test('calls over IAX2 are not SIP', () => {
  expect(check({}, usual, [{ ...lisbon, trunk: { kind: 'iax2', port: 4569 } }])).toEqual(none);
});

test.each([
  ['header', { matches: [], header: 'X-Site: /./' }],
  ['request_uri', { matches: [], requestUri: '/./' }],
])('a pattern for %s may claim calls only where it comes before the user name', (identifier, section) => {
  expect(check(section)).toEqual(none);
  expect(check(section, [identifier, ...usual])).toEqual(perhaps);
  expect(check(section, [identifier, ...usual], [])).toEqual(none);
});

test('without the right to ask nothing is said', () => {
  expect(checkIdentify(undefined, [lisbon])).toMatchObject([{ level: 'not-checked', id: 'identify' }]);
});
