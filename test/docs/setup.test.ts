import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOffice, type Office } from '../rig/office.ts';
import { hangUp, talk, untilHeard } from '../rig/talk.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { docBlock } from './blocks.ts';
import { bring, buildRelease, installAsDocumented, type Installed } from './installed.ts';
import { nextRelease } from './next-release.ts';

const HIGH = 1000;
const LOW = 440;
const longMs = 600_000;
const soon = { timeout: 30_000, interval: 200 };

/** A person at a terminal, who types only the beginning of each word. */
const zshSession = String.raw`
zmodload zsh/zpty
zpty person zsh -f -i
zpty -w person 'autoload -Uz compinit && compinit -u -D; print rea''dy'
zpty -r -m person seen '*ready*'
zpty -w person $'interlinks nu\tpr\t10\tof\t'
zpty -r -m person seen '*101 is shared*'
print -r -- $seen
zpty -d person`;

const running: { stop(): Promise<void> }[] = [];
let folder: string;
let archive: string;
let lisbon: Office;
let berlin: Installed;

interface Listed {
  readonly interlinks: readonly { name: string; health: { colour: string } }[];
  readonly ended: readonly unknown[];
}

const colours = async (): Promise<readonly string[]> =>
  (await berlin.json<Listed>('list')).interlinks.map(({ health }) => health.colour);

/** What systemd shows of the service. */
async function show(property: string): Promise<string> {
  return (await berlin.machine.run(`systemctl show --value --property=${property} interlinks`)).trim();
}

beforeAll(async () => {
  folder = await temporaryFolder('release');
  archive = await buildRelease(folder);
  lisbon = await startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { '201': LOW } });
  running.push(lisbon);
  berlin = await installAsDocumented(archive, HIGH);
  running.push(berlin);
  const key = await berlin.follow(await docBlock('setup-key'));
  const { code, output } = await lisbon.interlinks('link', 'Berlin', key.trim());
  if (code !== 0) throw new Error(output);
}, longMs);

afterAll(async () => {
  await Promise.all(running.map((part) => part.stop()));
  await rm(folder, { recursive: true });
});

test('docs/setup.md leads from the archive to the first call', async () => {
  await expect.poll(colours, soon).toEqual(['green']);
  expect(await berlin.follow(await docBlock('setup-list'))).toMatch(/Lisbon +connected +Lisbon +– +pjsip/);
  expect(await berlin.follow(await docBlock('setup-doctor'))).toMatch(/^✓ media +Sound goes both ways/m);
  const { shown } = await talk(berlin.phone, '201', lisbon.phone('201'));
  expect(shown).toEqual({ number: '101', name: 'Berlin: Reception' });
  await hangUp(berlin.phone, lisbon.phone('201'));
  expect(await berlin.follow(await docBlock('setup-calls'))).toContain('201');
});

test('zsh and fish complete commands and numbers', { timeout: longMs }, async () => {
  const { machine } = berlin;
  await machine.run(
    'mkdir -p /usr/local/share/zsh/site-functions && interlinks completion zsh > /usr/local/share/zsh/site-functions/_interlinks',
  );
  await machine.run(
    'mkdir -p /etc/fish/completions && interlinks completion fish > /etc/fish/completions/interlinks.fish',
  );
  expect(await machine.run(`fish -c "complete --do-complete 'interlinks num'"`)).toMatch(/^number\t/m);
  expect(await machine.run(`fish -c "complete --do-complete 'interlinks delete Lis'"`)).toMatch(/^Lisbon\t/m);
  expect(await machine.run(`TERM=xterm zsh -f <<'ZSH'\n${zshSession}\nZSH`)).toContain('101 is shared');
});

// With fs.protected_regular=2, as on Debian, root may not append to another's file in a folder with the sticky bit that
// a group may write. That setting is the whole machine's, so the test looks at the folder instead.
test('root may change the configuration with any editor', async () => {
  expect(await berlin.machine.run('stat --format=%A /etc/interlinks')).toBe('drwxrwx---\n');
});

test('the release has the page built', async () => {
  const { url } = await berlin.json<{ url: string }>('open');
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  expect((await fetch(new URL(script, url))).status).toBe(200);
});

describe('under systemd', () => {
  test(
    'the service has started when it listens, and says how things stand',
    { timeout: longMs },
    async () => {
      // Else the service's Wants= starts it again.
      await berlin.machine.run('systemctl mask --runtime --now asterisk');
      await berlin.machine.run('systemctl restart interlinks && interlinks list');
      expect(await show('StatusText')).toMatch(/^Asterisk not connected.*; 1 interlinks/);
      await berlin.machine.run('systemctl unmask --runtime asterisk && systemctl start asterisk');
      await expect.poll(colours, soon).toEqual(['green']);
    },
  );

  test(
    'the hardened service takes over a reload, refuses a bad file and writes a private number into its file',
    { timeout: longMs },
    async () => {
      await berlin.follow(await docBlock('ops-reload'));
      await berlin.machine.run(
        'interlinks number private 101 on && grep -q "101.*private: true" /etc/interlinks/interlinks.yaml',
      );
      await berlin.machine.run('interlinks number private 101 off');
      await berlin.machine.run(
        'cp -p /etc/interlinks/interlinks.yaml /root/ && echo "nonsense: 1" >> /etc/interlinks/interlinks.yaml',
      );
      expect((await berlin.machine.sh('systemctl reload interlinks')).code).not.toBe(0);
      await berlin.machine.run('cp -p /root/interlinks.yaml /etc/interlinks/ && systemctl reload interlinks');
    },
  );

  test('a service that hangs is restarted', { timeout: longMs }, async () => {
    const dropIns = '/etc/systemd/system/interlinks.service.d';
    await berlin.machine.run(
      `mkdir ${dropIns} && printf '[Service]\\nWatchdogSec=4\\n' > ${dropIns}/test.conf`,
    );
    await berlin.machine.run('systemctl daemon-reload && systemctl restart interlinks');
    const before = await show('MainPID');
    await berlin.machine.run(`kill -STOP ${before}`);
    await expect.poll(() => show('NRestarts'), soon).toBe('1');
    await expect.poll(() => show('ActiveState'), soon).toBe('active');
    expect(await show('MainPID')).not.toBe(before);
    await berlin.machine.run(`rm -r ${dropIns} && systemctl daemon-reload`);
    await berlin.machine.run('systemctl restart interlinks');
    await expect.poll(colours, soon).toEqual(['green']);
  });
});

test('a backup made while the service runs brings back what was there', { timeout: longMs }, async () => {
  await berlin.follow(await docBlock('ops-backup'));
  await berlin.machine.run('interlinks rename Lisbon Lisboa');
  // A later one that fails changes nothing of it.
  const unreadable =
    'mkdir /root/data && echo other > /root/data/secret.key && yes | head -n 9999 > /root/data/interlinks.sqlite';
  await berlin.machine.run(unreadable);
  expect((await berlin.machine.sh('/opt/interlinks/backup.sh /var/backups/interlinks /root/data')).code).toBe(
    1,
  );
  await berlin.follow(await docBlock('ops-restore'));
  await expect
    .poll(async () => (await berlin.json<Listed>('list')).interlinks, soon)
    .toMatchObject([{ name: 'Lisbon' }]);
  await expect.poll(colours, soon).toEqual(['green']);
});

test(
  'an update and a rollback end no call; an older version refuses the newer database',
  { timeout: longMs },
  async () => {
    await bring(berlin.machine, await nextRelease(archive, folder));
    await talk(berlin.phone, '201', lisbon.phone('201'));
    await berlin.follow(await docBlock('ops-update'));
    expect(await berlin.machine.run('interlinks --version')).toBe('0.2.0\n');
    await expect.poll(colours, soon).toEqual(['green']);
    await untilHeard(berlin.phone, LOW);

    expect((await berlin.machine.sh(await docBlock('ops-rollback'))).code).not.toBe(0);
    expect(await berlin.machine.run('journalctl --unit interlinks')).toContain('[database-newer]');
    const before = 'BACKUP=/var/backups/interlinks-0.1.0';
    await berlin.follow((await docBlock('ops-restore')).replace(/^BACKUP=.*/, before));
    await berlin.follow(await docBlock('ops-rollback'));
    expect(await berlin.machine.run('interlinks --version')).toBe('0.1.0\n');
    await expect.poll(colours, soon).toEqual(['green']);
    await untilHeard(lisbon.phone('201'), HIGH);
    await hangUp(berlin.phone, lisbon.phone('201'));
  },
);

test('docs/operations.md leads to a machine without a trace', { timeout: longMs }, async () => {
  expect((await berlin.machine.sh('/opt/interlinks/uninstall.sh')).output).toContain('still there: Lisbon');
  await berlin.follow(await docBlock('uninstall-delete'));
  await expect.poll(() => berlin.json<Listed>('list'), soon).toEqual({ interlinks: [], ended: [] });
  expect(await lisbon.json<Listed>('list')).toMatchObject({ interlinks: [] });
  const early = await berlin.machine.sh('/opt/interlinks/uninstall.sh --force');
  expect(early.code).toBe(1);
  expect(early.output).toMatch(/include files of Interlinks[^]*^\/etc\/asterisk\/extensions\.conf$/m);
  const behindNat = `printf '[interlinks-tls](+)\\nlocal_net=10.0.0.0/8\\n' > /etc/asterisk/pjsip_nat.conf`;
  await berlin.machine.run(behindNat);
  await berlin.follow(await docBlock('uninstall-asterisk'));
  const nearly = await berlin.machine.sh('/opt/interlinks/uninstall.sh');
  expect(nearly.code).toBe(1);
  expect(nearly.output).toMatch(/add to a section[^]*^\/etc\/asterisk\/pjsip_nat\.conf$/m);
  await berlin.machine.run('rm /etc/asterisk/pjsip_nat.conf');
  await berlin.follow(await docBlock('uninstall-run'));
  await berlin.follow(await docBlock('uninstall-restart'));

  const files = await berlin.machine.run(
    "find / -xdev \\( -iname '*interlinks*' -o -path '/etc/*' -type f -exec grep -qi interlinks {} \\; \\) -print",
  );
  expect(
    files
      .split('\n')
      .filter((path) => path !== '' && !/^\/(root|var\/(backups|log))\/|^\/etc\/\w+-$/.test(path)),
  ).toEqual([]);
  const told = [
    'pjsip show endpoints',
    'pjsip show transports',
    'dialplan show globals',
    'database show',
    'ari show users',
  ];
  for (const command of told) {
    expect(await berlin.machine.run(`asterisk -rx '${command}'`)).not.toMatch(/interlinks|\bil-|IL_/i);
  }
  expect(await berlin.machine.run('! getent passwd interlinks; echo done')).toBe('done\n');
});
