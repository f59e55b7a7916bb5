import { expect, test } from 'vitest';
import { minimal, withNumbers } from './testing/fixture.ts';
import { parseSource } from './load.ts';
import { awaitingRestart } from './restart.ts';

const read = (text: string) =>
  parseSource({ file: '/etc/interlinks.yaml', text, hasByteOrderMark: false, hash: '' });

const everything = `${withNumbers('{ number: "101", ring: [PJSIP/101] }')
  .replace('Berlin', 'Other')
  .replace('url:', 'listen: "0.0.0.0:9443", allowLoopback: true, url:')
  .replace('pbx.berlin', 'voip.berlin')}\
admin: { listen: "127.0.0.1:9420" }
asterisk: { ari: { username: other }, ami: { port: 5039 } }
trunk: { protocols: [iax2, pjsip], pjsip: { port: 5072, codecs: [alaw], localNets: [] }, iax2: { port: 4570 } }
dialing: { min: 3, notFound: "out,1,1" }
emergency: []
database: { url: "postgres://db/x" }
dataDir: data
records: { days: 30 }
log: { level: debug }
`;

test('what a restart applies is named, and nothing that is applied at once', () => {
  expect(awaitingRestart(read(minimal).config, read(everything).config)).toEqual([
    'peer.listen',
    'peer.url',
    'peer.allowLoopback',
    'admin.listen',
    'asterisk.ari',
    'asterisk.ami',
    'trunk.address',
    'trunk.protocols',
    'trunk.pjsip.port',
    'trunk.iax2.port',
    'database',
    'dataDir',
  ]);
  expect(awaitingRestart(read(everything).config, read(everything).config)).toEqual([]);
});

test('the settings of a file that take a restart are those that stand in it', () => {
  expect(read(minimal).restart).toEqual(['peer.url']);
  expect(read(everything).restart).toContain('asterisk.ari');
});

test('what this version does not use is said', () => {
  expect(read(everything).warnings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    '6: trunk.pjsip.localNets is not used by this version',
  ]);
});
