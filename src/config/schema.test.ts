import { describe, expect, test } from 'vitest';
import { minimal, problemsOf, withNumbers } from './testing/fixture.ts';

const long = (length: number) => 'x'.repeat(length);

describe('keys', () => {
  test.each([
    ['log: { levle: info }', '4:8 log.levle | There is no key "levle" in log | Did you mean level?'],
    ['loging: {}', '4:1 loging | There is no key "loging" | Remove it, or write one of system, peer, admin,'],
    ['Dialing: {}', '4:1 Dialing | There is no key "Dialing" | Did you mean dialing?'],
    [
      'trunk: { iax2: { bind: 1 } }',
      '4:18 trunk.iax2.bind | There is no key "bind" in trunk.iax2 | Remove it',
    ],
    [
      'asterisk: { ari: { password: hunter2 } }',
      '4:20 asterisk.ari.password | There is no key "password" in asterisk.ari | Did you mean passwordFile?',
    ],
    ['__proto__: {}', '4:1 __proto__ | There is no key "__proto__"'],
    ['101: {}', '4:1 101 | There is no key "101"'],
  ])('%s is refused', (line, problem) => {
    expect(problemsOf(minimal + line)).toEqual([expect.stringContaining(problem)]);
  });

  test('privat does not publish a number', () => {
    expect(problemsOf(withNumbers('{ number: "101", ring: [PJSIP/101], privat: true }'))).toEqual([
      '3:47 numbers[0].privat | There is no key "privat" in numbers[0] | Did you mean private?',
    ]);
  });

  test.each([
    [
      'system: { name: Berlin }\n',
      'system: {}\n',
      '1:1 system.name | system.name is missing | Add name to system, like Berlin',
    ],
    ['system: { name: Berlin }\n', '', '1:1 system.name | system.name is missing'],
    ['peer: { url: "https://pbx.berlin.example:8443" }', 'peer: {}', '2:1 peer.url | peer.url is missing'],
    ['numbers: []\n', '', '1:1 numbers | numbers is missing'],
  ])('%j must be there', (present, instead, problem) => {
    expect(problemsOf(minimal.replace(present, instead))).toEqual([expect.stringContaining(problem)]);
  });

  test('a database needs a URL', () => {
    expect(problemsOf(`${minimal}database: { passwordFile: db }`)).toEqual([
      '4:1 database.url | database.url is missing | Add url to database, like postgres://interlinks@db/interlinks',
    ]);
  });
});

describe('types', () => {
  test.each([
    [
      'dataDir:',
      '4:1 dataDir | dataDir has no value | Write a value after it, like /var/lib/interlinks; or remove the key',
    ],
    ['dataDir: ~', '4:10 dataDir | dataDir has no value'],
    ['log:', '4:1 log | log has no value | Write its keys below it, indented: level; or remove the key'],
    ['dataDir: 0x1F', '4:10 dataDir | dataDir must be a text, but without quotes it is none | Write "0x1F"'],
    ['dataDir: [a]', '4:10 dataDir | dataDir must be a text | Write one value, like /var/lib/interlinks'],
    ['dialing: { min: "3" }', '4:17 dialing.min | dialing.min must be a number | Write 3 without quotes'],
    ['dialing: { min: few }', '4:17 dialing.min | dialing.min must be a number | Write digits only'],
    ['dialing: { min: .nan }', '4:17 dialing.min | dialing.min must be a number | Write digits only'],
    ['emergency: "112"', '4:12 emergency | emergency must be a list | Write it in [ ], like ["112", "911"'],
    ['log: info', '4:6 log | log must be a section | Write keys in it: level'],
    ['log: [info]', '4:6 log | log must be a section | Write keys in it: level'],
  ])('%s is refused', (line, problem) => {
    expect(problemsOf(minimal + line)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    ['yes', 'true'],
    ['"true"', 'true'],
    ['off', 'false'],
    ['maybe', 'true or false'],
    ['', 'false; or remove the key'],
  ])('private: %s is refused', (written, remedy) => {
    expect(problemsOf(withNumbers(`{ number: "101", ring: [PJSIP/101], private: ${written} }`))).toEqual([
      expect.stringMatching(new RegExp(`^3:(47|56) numbers\\[0\\]\\.private .* ${remedy}`)),
    ]);
  });

  test.each([
    ['a', 'The file must be a section'],
    ['- a', 'The file must be a section'],
  ])('%s is no configuration', (text, message) => {
    expect(problemsOf(text)).toEqual([
      expect.stringContaining(`1:1  | ${message} | Write keys in it: system,`),
    ]);
  });
});

describe('values', () => {
  // Each flaw stands behind the last space of its line or begins the value in quotes.
  test.each([
    ['admin: { listen: 8420x }', '4:18 admin.listen', 'no address to listen on'],
    ['admin: { listen: 127.0.0.1 }', '4:18 admin.listen', 'no address to listen on'],
    ['admin: { listen: 127.0.0.1:65536 }', '4:18 admin.listen', 'no address to listen on'],
    [
      'asterisk: { ari: { url: "ws://127.0.0.1" } }',
      '4:25 asterisk.ari.url',
      "not the URL of Asterisk's HTTP server",
    ],
    ['asterisk: { ari: { username: "a:b" } }', '4:30 asterisk.ari.username', 'no user name for Asterisk'],
    ['asterisk: { ari: { passwordFile: "" } }', '4:34 asterisk.ari.passwordFile', 'no path'],
    ['asterisk: { ami: { host: 10.0.0.256 } }', '4:26 asterisk.ami.host', 'no host name and no IP address'],
    ['asterisk: { ami: { port: 0 } }', '4:26 asterisk.ami.port', '0 is no port'],
    ['asterisk: { ami: { username: "a b" } }', '4:30 asterisk.ami.username', 'no user name for Asterisk'],
    ['asterisk: { ami: { passwordFile: "a\\0" } }', '4:34 asterisk.ami.passwordFile', 'no path'],
    ['trunk: { address: "https://a" }', '4:19 trunk.address', 'no host name and no IP address'],
    ['trunk: { protocols: [] }', '4:21 trunk.protocols', 'The list has 0 entries'],
    ['trunk: { protocols: [sip] }', '4:22 trunk.protocols[0]', '"sip" is not known here'],
    ['trunk: { protocols: [iax2, iax2] }', '4:21 trunk.protocols', '"iax2" stands in the list twice'],
    ['trunk: { pjsip: { bind: localhost } }', '4:25 trunk.pjsip.bind', 'no IP address'],
    ['trunk: { pjsip: { port: 65536 } }', '4:25 trunk.pjsip.port', '65536 is no port'],
    ['trunk: { pjsip: { externalAddress: a b } }', '4:36 trunk.pjsip.externalAddress', 'no host name'],
    ['trunk: { pjsip: { localNets: [10.0.0.0/33] } }', '4:31 trunk.pjsip.localNets[0]', 'no network'],
    ['trunk: { pjsip: { codecs: [mp3] } }', '4:28 trunk.pjsip.codecs[0]', '"mp3" is not known here'],
    ['trunk: { pjsip: { codecs: [] } }', '4:27 trunk.pjsip.codecs', 'The list has 0 entries'],
    ['trunk: { iax2: { port: 4569.5 } }', '4:24 trunk.iax2.port', '4569.5 is no port'],
    ['dialing: { min: 0 }', '4:17 dialing.min', '0 is out of range'],
    ['dialing: { max: 21 }', '4:17 dialing.max', '21 is out of range'],
    ['dialing: { max: 4.5 }', '4:17 dialing.max', '4.5 is out of range'],
    ['dialing: { min: 7 }', '4:10 dialing', 'min 7 is larger than max 6'],
    ['dialing: { notFound: "out,101" }', '4:22 dialing.notFound', 'no place in the dial plan'],
    ['dialing: { notFound: "interlinks,1,1" }', '4:22 dialing.notFound', 'looked up again and again'],
    ['emergency: ["1 1 2"]', '4:13 emergency[0]', '"1 1 2" is no internal number'],
    ['emergency: [112]', '4:13 emergency[0]', 'needs quotes'],
    ['database: { url: "mysql://db" }', '4:18 database.url', 'no PostgreSQL URL'],
    ['dataDir: ""', '4:10 dataDir', 'no path'],
    ['dataDir: "/srv/a:b"', '4:10 dataDir', 'has a colon'],
  ])('%s is refused', (line, place, message) => {
    expect(problemsOf(minimal + line)).toEqual([
      expect.stringMatching(new RegExp(`^${escaped(place)} \\|.*${escaped(message)}`)),
    ]);
  });

  test.each([
    ['system: { name: "" }', '1:17 system.name', 'The name is empty'],
    [`system: { name: ${long(41)} }`, '1:17 system.name', 'The name has 41 characters'],
  ])('%s is refused', (line, place, message) => {
    expect(problemsOf(minimal.replace('system: { name: Berlin }', line))).toEqual([
      expect.stringContaining(`${place} | system.name: ${message}`),
    ]);
  });

  test('a peer URL without https is refused with the reason', () => {
    expect(problemsOf(minimal.replace('https', 'http'))).toEqual([
      '2:14 peer.url | peer.url: Linked systems talk over TLS only, since anybody on the way could listen to plain http | ' +
        'Write https://pbx.berlin.example:8443',
    ]);
  });
});

describe('an entry of numbers', () => {
  const ring = Array.from({ length: 21 }, (_, index) => `PJSIP/${index}`).join(', ');

  test.each([
    ['{ ring: [PJSIP/1] }', '3:11 numbers[0].number', 'numbers[0].number is missing'],
    ['{ number: "", ring: [PJSIP/1] }', '3:21 numbers[0].number', 'no internal number'],
    ['{ number: "1 01", ring: [PJSIP/1] }', '3:21 numbers[0].number', 'no internal number'],
    [
      '{ number: "101", ring: [PJSIP/1], name: "\\e[0m" }',
      '3:51 numbers[0].name',
      'holds a control character',
    ],
    ['{ number: "101", ring: [] }', '3:34 numbers[0].ring', 'The list has 0 entries'],
    [`{ number: "101", ring: [${ring}] }`, '3:34 numbers[0].ring', 'The list has 21 entries'],
    ['{ number: "101", ring: [PJSIP/1, PJSIP/1] }', '3:34 numbers[0].ring', 'stands in the list twice'],
    ['{ number: "101", ring: [PJSIP/1&PJSIP/2] }', '3:35 numbers[0].ring[0]', 'no endpoint to ring'],
    ['{ number: "101", ring: [PJSIP/il-x] }', '3:35 numbers[0].ring[0]', 'trunks of Interlinks'],
    ['{ number: "101", ring: [PJSIP/1], timeout: 0 }', '3:54 numbers[0].timeout', '0 is out of range'],
    ['{ number: "101", ring: [PJSIP/1], timeout: 601 }', '3:54 numbers[0].timeout', '601 is out of range'],
    [
      '{ number: "101", ring: [PJSIP/1], noAnswer: "vm" }',
      '3:55 numbers[0].noAnswer',
      'no place in the dial plan',
    ],
    ['{ number: "101", dialplan: "a,${EXTEN},1" }', '3:38 numbers[0].dialplan', 'no place in the dial plan'],
    ['{ number: "101" }', '3:11 numbers[0]', 'rings nothing'],
    [
      '{ number: "101", ring: [PJSIP/1], dialplan: "a,1,1" }',
      '3:28 numbers[0].ring',
      'has ring beside dialplan',
    ],
    [
      '{ number: "101", timeout: 3, dialplan: "a,1,1" }',
      '3:28 numbers[0].timeout',
      'has timeout beside dialplan',
    ],
    [
      '{ number: "101", noAnswer: "a,1,1", dialplan: "a,1,1" }',
      '3:28 numbers[0].noAnswer',
      'has noAnswer beside',
    ],
    ['"101"', '3:11 numbers[0]', 'must be a section'],
  ])('%s is refused', (entry, place, message) => {
    expect(problemsOf(withNumbers(entry))).toEqual([
      expect.stringMatching(new RegExp(`^${escaped(place)} \\|.*${escaped(message)}`)),
    ]);
  });

  test('20 endpoints may ring', () => {
    expect(problemsOf(withNumbers(`{ number: "101", ring: [${ring.replace(', PJSIP/20', '')}] }`))).toEqual(
      [],
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
