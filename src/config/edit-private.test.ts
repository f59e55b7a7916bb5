import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editPrivate } from './edit-private.ts';
import { minimal } from './testing/fixture.ts';
import { parseConfig } from './parse.ts';

const head = minimal.replace('numbers: []\n', '');

function configOf(text: string) {
  const { config, problems } = parseConfig(text, 'interlinks.yaml');
  expect(problems).toEqual([]);
  if (config === undefined) throw new Error('no configuration');
  return config;
}

function isPrivate(text: string, number: string): boolean | undefined {
  return configOf(text).numbers.find((local) => local.number === number)?.private;
}

describe('one entry is changed where it stands', () => {
  test.each([
    [
      'in braces',
      '  - { number: "190", ring: [PJSIP/190] } # server',
      '  - { number: "190", ring: [PJSIP/190], private: true } # server',
    ],
    [
      'in braces over lines, with a last comma',
      '  - {\n      number: "190", # n\n      ring: [PJSIP/190], # r\n    }',
      '  - {\n      number: "190", # n\n      ring: [PJSIP/190], private: true, # r\n    }',
    ],
    [
      'on lines of its own',
      '  - number: "190"\n    ring: [PJSIP/190]  # rings\n    # end',
      '  - number: "190"\n    ring: [PJSIP/190]  # rings\n    private: true\n    # end',
    ],
    [
      'on lines, ending in a list',
      "  - number: '190' # n\n    ring:\n      - PJSIP/190",
      "  - number: '190' # n\n    private: true\n    ring:\n      - PJSIP/190",
    ],
    [
      'below its dash',
      '  -\n      ring: [PJSIP/190]\n      number: "190"',
      '  -\n      ring: [PJSIP/190]\n      number: "190"\n      private: true',
    ],
    [
      'said already',
      '  - { private: false , number: "190", ring: [PJSIP/190] }',
      '  - { private: true , number: "190", ring: [PJSIP/190] }',
    ],
  ])('%s', (_how, before, after) => {
    const others = '  - { number: "100", ring: [PJSIP/100] }\n';
    const file = (entry: string) =>
      `# top\n${head}numbers: # all\n${others}${entry}\n${others.replaceAll('100', '101')}`;
    expect(editPrivate(file(before), '190', true)).toBe(file(after));
    expect(isPrivate(file(after), '190')).toBe(true);
    expect(isPrivate(editPrivate(file(after), '190', false) ?? '', '190')).toBe(false);
  });

  test('with Windows line ends, and at the end of a file without one', () => {
    const text = `${head}numbers:\n  - number: "190"\n    ring: [PJSIP/190]`.replaceAll('\n', '\r\n');
    expect(editPrivate(text, '190', true)).toBe(`${text}\r\n    private: true`);
  });

  test('a file in JSON', () => {
    const text = JSON.stringify({ ...configless, numbers: [{ number: '190', ring: ['PJSIP/190'] }] });
    expect(isPrivate(editPrivate(text, '190', true) ?? '', '190')).toBe(true);
  });

  test('nothing is found: nothing is changed', () => {
    expect(editPrivate(minimal, '190', true)).toBeUndefined();
    expect(editPrivate(': [', '190', true)).toBeUndefined();
  });
});

const configless = { system: { name: 'Berlin' }, peer: { url: 'https://pbx.berlin.example:8443' } };

interface Entry {
  readonly number: string;
  readonly style: 'flow' | 'long flow' | 'block';
  readonly hidden: boolean | undefined;
  readonly quote: string;
  readonly name: string | undefined;
  readonly target: 'ring' | 'rings' | 'dialplan';
  readonly first: boolean;
}

const entries = fc.uniqueArray(
  fc.record<Entry>({
    number: fc.stringMatching(/^[0-9*#]{2,5}$/),
    style: fc.constantFrom('flow', 'long flow', 'block'),
    hidden: fc.constantFrom(true, false, undefined),
    quote: fc.constantFrom('"', "'"),
    name: fc.option(fc.constantFrom('Plain', '"#1, {x}"', "'a: b'"), { nil: undefined }),
    target: fc.constantFrom('ring', 'rings', 'dialplan'),
    first: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6, selector: ({ number }) => number },
);

/** One entry as some admin might write it, a comment at the end of each line. */
function write(entry: Entry, comment: () => string): string {
  const { number, style, hidden, quote, name, target, first } = entry;
  const keys = [
    `number: ${quote}${number}${quote}`,
    ...(name === undefined ? [] : [`name: ${name}`]),
    target === 'dialplan' ? 'dialplan: "a,b,1"' : '',
    target === 'ring' ? 'ring: [PJSIP/1, PJSIP/2]' : '',
  ].filter((key) => key !== '');
  if (hidden !== undefined) keys.push(`private: ${hidden}`);
  if (first) keys.reverse();
  if (target === 'rings') {
    if (style !== 'block') keys.push('ring: [ PJSIP/1 ]');
    else keys.push(`ring: ${comment()}\n      - PJSIP/1`);
  }
  if (style === 'flow') return `  - { ${keys.join(', ')} } ${comment()}\n`;
  if (style === 'long flow') {
    return `  - { ${comment()}\n${keys.map((key) => `      ${key}, ${comment()}\n`).join('')}    }\n`;
  }
  const lines = keys.map((key) => `    ${key} ${comment()}\n`).join('');
  return `  -${lines.slice(3)}    ${comment()}\n`;
}

test('whatever the file looks like: only what was meant changes, and every comment stays', () => {
  fc.assert(
    fc.property(entries, fc.constantFrom('\n', '\r\n'), fc.nat(), (all, newline, pick) => {
      let count = 0;
      const comment = () => `# comment ${(count += 1)} "quoted" {`;
      const text =
        `${head}numbers: ${comment()}\n${all.map((entry) => write(entry, comment)).join('')}`.replaceAll(
          '\n',
          newline,
        );
      const before = configOf(text);
      const chosen = before.numbers[pick % before.numbers.length];
      if (chosen === undefined) throw new Error('no number');
      const once = editPrivate(text, chosen.number, !chosen.private) ?? '';
      const changed = { ...chosen, private: !chosen.private };
      expect(configOf(once)).toEqual({
        ...before,
        numbers: before.numbers.map((local) => (local === chosen ? changed : local)),
      });
      const twice = editPrivate(once, chosen.number, chosen.private) ?? '';
      expect(configOf(twice)).toEqual(before);
      for (const edited of [once, twice]) {
        expect(edited.match(/# comment \d+ "quoted" \{/g)).toEqual(text.match(/# comment \d+ "quoted" \{/g));
        expect(edited.split(newline).length).toBe(edited.split('\n').length);
      }
      const written = all.find(({ number }) => number === chosen.number);
      if (written?.hidden !== undefined) expect(twice).toBe(text);
    }),
    { numRuns: 300 },
  );
});
