import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/display-text.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { run } from '../rig/process.ts';
import { sipRequest } from '../rig/sipp.ts';
import { startTerminal, type Terminal } from '../rig/terminal.ts';

const command = resolve(import.meta.dirname, '../../src/cli/interlinks');

/** The sequences that colour a text. */
const colours = new RegExp(String.raw`\u001B\[[\d;]*m`, 'g');

let berlin: Office;
let folder: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  berlin = await startOffice({
    name: 'Berlin',
    numbers: [
      { number: '101', name: 'Reception' },
      { number: '190', private: true },
    ],
    accounts: ['101'],
  });
  folder = await mkdtemp(join(tmpdir(), 'interlinks-command-'));
  await symlink(command, join(folder, 'interlinks'));
  env = { PATH: `${folder}:${process.env['PATH']}`, INTERLINKS_CONFIG: berlin.configFile };
});

afterAll(async () => {
  await berlin.stop();
  await rm(folder, { recursive: true });
});

async function names(): Promise<readonly string[]> {
  const { interlinks } = await berlin.json<{ interlinks: { name: string }[] }>('list');
  return interlinks.map(({ name }) => name);
}

describe('Tab in bash', () => {
  let shell: Terminal;
  let entered = 0;

  /** Types a line when bash asks for it: its prompt has the number of the command. */
  async function enter(line: string): Promise<void> {
    entered += 1;
    await shell.waitFor(new RegExp(`command ${entered}: `));
    shell.type(`${line}\n`);
  }

  beforeAll(async () => {
    shell = startTerminal(String.raw`PS1='command \#: ' bash --norc --noprofile -i`, env);
    await enter('source <(interlinks completion bash)');
  });

  afterAll(async () => {
    await enter('exit');
    await shell.ended;
  });

  test.each([
    ['a name with a space', 'Head office', 'He'],
    ['a name in quotes', 'Back office', '"Ba'],
    ['a name with characters of the shell', "Rock'n'Roll $(boom) & Co; *", 'Roc'],
    ['a name of wide characters', '東京', '東'],
  ])('completes %s, so that the command gets it as it is', async (_what, name, begun) => {
    expect(await berlin.interlinks('key', 'new', name)).toMatchObject({ code: 0 });
    await enter(`interlinks del\t${begun}\t--yes`);
    await expect.poll(names, { timeout: 20_000 }).not.toContain(name);
  });

  test('completes numbers, states and files', async () => {
    await enter('interlinks nu\tpr\t19\tof\t');
    await shell.waitFor(/190 is shared/);
    await writeFile(join(folder, 'some.yaml'), 'nonsense: 1\n');
    await enter(`interlinks check ${folder}/so\t`);
    await shell.waitFor(/some\.yaml:1:1: /);
    expect(shell.screen()).toContain('190 is shared');
  });
});

test('Ctrl-C ends --watch and is no failure; at a question it ends the command', async () => {
  const watching = startTerminal(`${command} status --watch`, env);
  await watching.waitFor(/Ctrl-C ends/);
  watching.type('\x03');
  expect(await watching.ended).toBe(0);
  const asking = startTerminal(`${command} link Lisbon`, env);
  await asking.waitFor(/Authorization key: /);
  asking.type('\x03');
  expect(await asking.ended).toBe(130);
  const atTheEnd = startTerminal(`${command} link Lisbon`, env);
  await atTheEnd.waitFor(/Authorization key: /);
  atTheEnd.type('\x04');
  expect(await atTheEnd.ended).toBe(1);
  expect(atTheEnd.screen()).toMatch(/No authorization key was entered[^\n]+\[key-mistyped\]/);
});

test('on a terminal a table keeps to its width, elsewhere it is whole; colours on a terminal only', async () => {
  expect(await berlin.interlinks('key', 'new', 'An office with a name of forty letters')).toMatchObject({
    code: 0,
  });
  const narrow = startTerminal(`stty cols 50; ${command} list`, env);
  expect(await narrow.ended).toBe(0);
  expect(narrow.screen()).toContain('\u001B[');
  const lines = narrow.screen().replaceAll(colours, '').trimEnd().split('\r\n');
  expect(lines.filter((line) => displayWidth(line) > 50)).toEqual([]);
  const plain = startTerminal(`${command} list`, { ...env, NO_COLOR: '1' });
  expect(await plain.ended).toBe(0);
  expect(plain.screen()).not.toContain('\u001B');
  const { output } = await berlin.interlinks('list');
  expect(output).toContain('An office with a name of forty letters');
  expect(output).not.toContain('\u001B');
});

test('what a phone dialed does not steer the terminal of who looks at the calls', async () => {
  await sipRequest({
    method: 'INVITE',
    server: `${berlin.address}:5060`,
    to: '%1b%5D0;owned%07%1b%5B2J',
    from: '101',
    credentials: { user: '101', password: 'phone' },
  });
  const { output } = await berlin.interlinks('calls');
  expect(output).not.toMatch(/[^\P{Cc}\n]/u);
});

test('calls by number and by failure', async () => {
  for (const to of ['777', '190']) {
    await sipRequest({
      method: 'INVITE',
      server: `${berlin.address}:5060`,
      to,
      from: '101',
      credentials: { user: '101', password: 'phone' },
    });
  }
  const dialed = async (...options: readonly string[]) =>
    (await berlin.json<{ calls: { dialed: string }[] }>('calls', ...options)).calls.map(
      (call) => call.dialed,
    );
  expect(await dialed('--number', '777')).toEqual(['777']);
  expect(await dialed('--failed')).toEqual(expect.arrayContaining(['777', '190']));
  expect(await dialed('--number', '888')).toEqual([]);
  expect(await berlin.interlinks('calls', '--interlink', 'Nobody')).toMatchObject({
    code: 1,
    output: expect.stringContaining('[not-found]'),
  });
  expect(await berlin.interlinks('calls', '--since', '999999d')).toMatchObject({ code: 0 });
});

describe('a configuration file that is not in force', () => {
  test('is told by status, with the reason and what is still shared', async () => {
    const shown = async () => (await berlin.interlinks('status')).output;
    expect(await shown()).toMatch(/^Configuration {2}\S+interlinks\.yaml, in force since \d\d:\d\d:\d\d$/m);
    await run('sed', ['-i', 's/"name": "Reception"/&\\n    "privat": true/', berlin.configFile]);
    await expect
      .poll(shown, { timeout: 20_000 })
      .toContain('There is no key "privat" in numbers[0]. Did you mean private? Correct the file; ');
    expect(await shown()).toContain('NOT private, although the file says so: 101');
    const { system } = await berlin.json<{ system: object }>('status');
    expect(system).toMatchObject({ config: { refused: { code: 'config-invalid', notPrivate: ['101'] } } });
    await run('sed', ['-i', '/"privat"/d', berlin.configFile]);
    await expect.poll(shown, { timeout: 20_000 }).not.toContain('NOT private');
  });

  test('is told where only a restart applies it', async () => {
    await run('sed', ['-i', 's/:8420/:9420/', berlin.configFile]);
    await berlin.service.waitForLine(/not in force before a restart: admin\.listen/, 10_000);
    await run('sed', ['-i', 's/:9420/:8420/', berlin.configFile]);
    const shown = async () => (await berlin.interlinks('status')).output;
    await expect.poll(shown, { timeout: 20_000 }).not.toContain('before a restart');
  });
});
