import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { minimal, problemsOf, withNumbers } from './testing/fixture.ts';
import { parseConfig } from './parse.ts';
import { formatProblem } from './problem.ts';

describe('a minimal file', () => {
  test('gets every default', () => {
    expect(parseConfig(minimal, '/etc/interlinks/interlinks.yaml')).toEqual({
      problems: [],
      warnings: [],
      config: {
        system: { name: 'Berlin' },
        peer: {
          listen: { host: '0.0.0.0', port: 8443 },
          url: 'https://pbx.berlin.example:8443',
          allowLoopback: false,
        },
        admin: { listen: { host: '127.0.0.1', port: 8420 } },
        asterisk: {
          ari: { url: 'http://127.0.0.1:8088', username: 'interlinks', passwordFile: undefined },
          ami: { host: '127.0.0.1', port: 5038, username: 'interlinks', passwordFile: undefined },
        },
        trunk: {
          address: 'pbx.berlin.example',
          protocols: ['pjsip'],
          pjsip: {
            bind: '0.0.0.0',
            port: 5071,
            externalAddress: undefined,
            localNets: [],
            codecs: ['g722', 'alaw', 'ulaw'],
          },
          iax2: { port: 4569 },
          limits: { calls: 30, perSecond: 5 },
        },
        dialing: { min: 2, max: 6, notFound: undefined },
        emergency: ['112', '911', '999', '000', '110'],
        database: undefined,
        dataDir: '/var/lib/interlinks',
        numbers: [],
        records: { days: 365 },
        log: { level: 'info' },
      },
    });
  });

  test('takes the trunk address from an IPv6 URL', () => {
    const { config } = parseConfig(minimal.replace('pbx.berlin.example', '[2001:db8::1]'), 'interlinks.yaml');
    expect(config?.trunk.address).toBe('2001:db8::1');
  });

  test('takes paths relative to the file', () => {
    const text = `${minimal}dataDir: data\nasterisk: { ari: { passwordFile: ../ari } }\n`;
    const { config } = parseConfig(text, '/etc/interlinks/interlinks.yaml');
    expect(config?.dataDir).toBe('/etc/interlinks/data');
    expect(config?.asterisk.ari.passwordFile).toBe('/etc/ari');
  });

  test('loses a trailing slash of its URLs', () => {
    const text = `${minimal.replace('8443', '8443/')}asterisk: { ari: { url: "http://pbx:8088/" } }\n`;
    const { config } = parseConfig(text, 'interlinks.yaml');
    expect(config?.peer.url).toBe('https://pbx.berlin.example:8443');
    expect(config?.asterisk.ari.url).toBe('http://pbx:8088');
  });
});

test('numbers ring endpoints or lead into the dial plan', () => {
  const text = withNumbers(
    [
      '{ number: "0101", ring: [PJSIP/101, IAX2/desk_1] }',
      '{ number: "*21#", name: Zoë ☎, ring: [SIP/1.a-b], timeout: 600, noAnswer: "vm,*21#,start", private: true }',
      '{ number: "600", dialplan: "conferences,600,1" }',
    ].join(', '),
  );
  expect(parseConfig(text, 'interlinks.yaml').config?.numbers).toEqual([
    {
      number: '0101',
      name: undefined,
      target: {
        kind: 'ring',
        endpoints: ['PJSIP/101', 'IAX2/desk_1'],
        timeoutSeconds: 30,
        noAnswer: undefined,
      },
      private: false,
    },
    {
      number: '*21#',
      name: 'Zoë ☎',
      target: {
        kind: 'ring',
        endpoints: ['SIP/1.a-b'],
        timeoutSeconds: 600,
        noAnswer: { context: 'vm', extension: '*21#', priority: 'start' },
      },
      private: true,
    },
    {
      number: '600',
      name: undefined,
      target: { kind: 'dialplan', location: { context: 'conferences', extension: '600', priority: '1' } },
      private: false,
    },
  ]);
});

test('an extension of notFound may hold the number dialed', () => {
  const { config } = parseConfig(`${minimal}dialing: { notFound: "out,9\${EXTEN},1" }\n`, 'interlinks.yaml');
  expect(config?.dialing.notFound).toEqual({ context: 'out', extension: '9${EXTEN}', priority: '1' });
});

test('all problems are told at once, in the order of the file', () => {
  const text = `\
peer:
  url: http://pbx.example
numbers:
  - { number: 101, ring: [PJSIP/101], privat: true }
  - { number: "102", ring: PJSIP/102, timeout: 601 }
log: { level: loud }
`;
  expect(problemsOf(text).map((problem) => problem.split(' |')[0])).toEqual([
    '1:1 system.name',
    '2:8 peer.url',
    '4:15 numbers[0].number',
    '4:39 numbers[0].privat',
    '5:28 numbers[1].ring',
    '5:48 numbers[1].timeout',
    '6:15 log.level',
  ]);
});

test('a problem is one line for people', () => {
  const [problem] = parseConfig(`${minimal}log: { level: loud }\n`, 'interlinks.yaml').problems;
  expect(problem && formatProblem(problem)).toBe(
    'interlinks.yaml:4:15: log.level: "loud" is not known here. ' +
      'Write fatal, error, warn, info, debug, trace or silent',
  );
});

describe('warnings', () => {
  test('an emergency number that is an internal number', () => {
    expect(warningsOf(withNumbers('{ number: "112", ring: [PJSIP/1] }'))).toEqual([
      '3:21 numbers[0].number | 112 is an emergency number and an internal number; it rings here and is never shared',
    ]);
  });

  test('a peer URL that no linked system accepts, unless a rig wants it so', () => {
    const text = minimal.replace('pbx.berlin.example', '127.0.0.2');
    expect(warningsOf(text)).toEqual([
      '2:14 peer.url | Linked systems refuse 127.0.0.2, an address that never leaves its machine',
    ]);
    expect(warningsOf(text.replace('peer: {', 'peer: { allowLoopback: true,'))).toEqual([]);
  });

  test('none for what is in order', () => {
    expect(
      warningsOf(withNumbers('{ number: "1", ring: [PJSIP/1] }, { number: "*42", ring: [PJSIP/1] }')),
    ).toEqual([]);
  });
});

test('10,000 numbers cost little more than parsing the YAML', () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => {
    return `  - { number: "${10_000 + index}", name: Phone ${index}, ring: [PJSIP/${index}], private: true }\n`;
  });
  const text = minimal.replace('numbers: []\n', `numbers:\n${entries.join('')}`);
  const yaml = fastest(() => expect(parseDocument(text).errors).toEqual([]));
  const all = fastest(() => expect(parseConfig(text, 'f').config?.numbers).toHaveLength(10_000));
  expect(all).toBeLessThan(3 * yaml);
}, 60_000);

function fastest(run: () => void): number {
  const durations = [1, 2, 3].map(() => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...durations);
}

function warningsOf(text: string): string[] {
  const { config, warnings } = parseConfig(text, 'interlinks.yaml');
  expect(config).toBeDefined();
  return warnings.map(({ line, column, path, message }) => `${line}:${column} ${path} | ${message}`);
}
