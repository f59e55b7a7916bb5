import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startUnservedOffice, type UnservedOffice } from '../rig/unserved.ts';

let office: UnservedOffice;
/** Files of Asterisk as they were, of those that a test has changed. */
const originals = new Map<string, string>();

beforeAll(async () => {
  office = await startUnservedOffice();
});

afterAll(() => office.stop());

/** Changes a configuration file of Asterisk, and makes it take effect. */
async function edit(
  name: string,
  change: (text: string) => string,
  ...commands: readonly string[]
): Promise<void> {
  const { asterisk } = office.pbx;
  const text = await readFile(join(asterisk.directory, 'etc', name), 'utf8');
  if (!originals.has(name)) originals.set(name, text);
  const changed = change(text);
  expect(changed).not.toBe(text);
  await asterisk.writeFile(name, changed);
  for (const command of commands) await asterisk.cli(command);
}

const reloads: Readonly<Record<string, string>> = {
  'extensions.conf': 'dialplan reload',
  'ari.conf': 'module reload res_ari.so',
  'pjsip.conf': 'module reload res_pjsip.so',
  'manager.conf': 'manager reload',
};

afterEach(async () => {
  for (const [name, text] of originals) {
    await office.pbx.asterisk.writeFile(name, text);
    const reload = reloads[name];
    if (reload !== undefined) await office.pbx.asterisk.cli(reload);
  }
  originals.clear();
  await office.configure({});
});

async function expectFaults(
  ...expected: readonly (readonly [id: string, what: RegExp, remedy: RegExp])[]
): Promise<void> {
  const { code, faults } = await office.faults();
  expect(faults.map(({ id, what, remedy }) => ({ id, what, remedy }))).toEqual(
    expected.map(([id, what, remedy]) => ({
      id,
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    })),
  );
  expect(code).toBe(faults.some(({ level }) => level === 'problem') ? 1 : 0);
}

test('a healthy office gives no fault, names what was looked at, and leaves nothing in Asterisk', async () => {
  const { code, output } = await office.doctor();
  expect(output).toMatch(/^0 problems, 0 warnings, \d+ not checked/m);
  for (const topic of [
    'config',
    'files',
    'disk',
    'ari',
    'ami',
    'asterisk-version',
    'modules',
    'codecs',
    'sorcery',
    'transport',
    'dialplan',
    'phones',
  ]) {
    expect(output).toMatch(new RegExp(`^✓ ${topic} `, 'm'));
  }
  expect(output).toMatch(/^– peer +\S+ not checked: the service is not running$/m);
  expect(code).toBe(0);
  expect(await office.pbx.asterisk.cli('core show channels')).toMatch(/^0 active channels/m);
  expect(await office.pbx.asterisk.cli('pjsip show auths')).not.toContain('doctor');
  expect(await office.pbx.asterisk.cli('pjsip show aors')).not.toContain('doctor');
  expect(await office.pbx.asterisk.log()).not.toMatch(/(ERROR|WARNING).*websocket/);
});

describe('ARI', () => {
  test('does not answer', async () => {
    await office.configure({
      asterisk: {
        ari: { url: `http://${office.pbx.address}:8089`, passwordFile: 'ari.secret' },
        ami: { host: office.pbx.address, passwordFile: 'ami.secret' },
      },
    });
    await expectFaults(['ari-unreachable', /does not answer at http/, /Start Asterisk/]);
  });

  test('takes another password', async () => {
    await edit(
      'ari.conf',
      (text) => text.replace(/password=.*/, 'password=another'),
      reloads['ari.conf'] ?? '',
    );
    await expectFaults([
      'ari-unauthorized',
      /refuses the ARI user interlinks/,
      /Compare the password.* restart of the service/,
    ]);
  });

  test('lets the user read only', async () => {
    await edit(
      'ari.conf',
      (text) => text.replace('read_only=no', 'read_only=yes'),
      reloads['ari.conf'] ?? '',
    );
    await expectFaults(['ari-read-only', /may only read/, /read_only=no/]);
  });

  test('is open to others', async () => {
    await edit('http.conf', (text) => text.replace(/bindaddr=.*/, 'bindaddr=0.0.0.0'));
    await expectFaults(['ari-exposed', /listens on 0\.0\.0\.0/, /bindaddr=127\.0\.0\.1/]);
  });
});

describe('AMI', () => {
  test('does not answer', async () => {
    await office.configure({
      asterisk: {
        ari: { url: office.pbx.ariUrl, passwordFile: 'ari.secret' },
        ami: { host: office.pbx.address, port: 5039, passwordFile: 'ami.secret' },
      },
    });
    await expectFaults(['ami-unreachable', /5039 does not answer/, /Start Asterisk/]);
  });

  test('takes another password', async () => {
    await edit('manager.conf', (text) => text.replace(/secret=.*/, 'secret=another'), 'manager reload');
    await expectFaults([
      'ami-unauthorized',
      /refuses the user interlinks/,
      /Compare the secret.* restart of the service/,
    ]);
  });

  test('lets the account do too little', async () => {
    await edit('manager.conf', (text) => text.replace('write=system', 'write=call'), 'manager reload');
    await expectFaults(
      ['ami-rights-missing', /may not do DBPut, DBDel, DBGetTree/, /write=system/],
      ['ami-rights-excess', /does not need: .*\bcall\b/, /write=system/],
    );
  });

  test('lets the account do everything', async () => {
    await edit('manager.conf', (text) => text.replace('write=system', 'write=all'), 'manager reload');
    await expectFaults(['ami-rights-excess', /does not need: .*\boriginate\b/, /write=system/]);
  });

  test('is open to others', async () => {
    await edit('manager.conf', (text) => text.replace(/bindaddr=.*/, 'bindaddr=0.0.0.0'));
    await expectFaults(['ami-exposed', /listens on 0\.0\.0\.0/, /bindaddr=127\.0\.0\.1/]);
  });
});

describe('Asterisk', () => {
  test('lets ARI run programs', async () => {
    await edit('asterisk.conf', (text) => text.replace('live_dangerously = no', 'live_dangerously = yes'));
    await expectFaults(['live-dangerously-on', /can run programs/, /live_dangerously=no/]);
  });

  test('lacks a module', async () => {
    await office.pbx.asterisk.cli('module unload pbx_loopback.so');
    try {
      await expectFaults(['module-missing', /pbx_loopback\.so: no number is looked up/, /module load/]);
    } finally {
      await office.pbx.asterisk.cli('module load pbx_loopback.so');
    }
  });

  test('cannot translate a codec that trunks offer', async () => {
    await office.configure({ trunk: { pjsip: { port: office.pbx.trunkPort, codecs: ['opus', 'alaw'] } } });
    await expectFaults(['codec-missing', /opus, which this Asterisk cannot translate/, /Take opus out/]);
  });

  test('has no sorcery mapping', async () => {
    await edit(
      'sorcery.conf',
      () => '[res_pjsip]\nendpoint/config=config,pjsip.conf,criteria=type=endpoint\n',
    );
    await expectFaults(['sorcery-missing', /endpoint, aor, auth/, /sorcery-interlinks\.conf/]);
  });

  test('has no transport for trunks, or at another port', async () => {
    await office.configure({ trunk: { pjsip: { port: 5999, codecs: ['alaw'] } } });
    await expectFaults(['transport-differs', /port 5999, but Asterisk takes them at port 5071/, /5999/]);
    await office.configure({ trunk: { pjsip: { port: 5071, bind: '192.0.2.1', codecs: ['alaw'] } } });
    await expectFaults([
      'transport-differs',
      /192\.0\.2\.1, but Asterisk takes them at 127/,
      /trunk\.pjsip\.bind/,
    ]);
  });
});

describe('the dial plan', () => {
  const reload = 'dialplan reload';

  test('lacks the file of Interlinks', async () => {
    await edit(
      'extensions.conf',
      (text) => text.replace(/^#include.*$/m, '').replace('include => interlinks', ''),
      reload,
    );
    await expectFaults(['dialplan-missing', /no context interlinks-call/, /interlinks\.conf/]);
  });

  test('has the file of another version', async () => {
    const file = await readFile(join(import.meta.dirname, '../../dialplan/interlinks.conf'), 'utf8');
    const older = file.replace(/(?<=\[interlinks-version\]\nexten => )\d+/, '1');
    await edit('extensions.conf', (text) => text.replace(/^#include.*$/m, older), reload);
    await expectFaults(['dialplan-outdated', /another version/, /came with this version/]);
  });

  test("does not include interlinks in the phones' context", async () => {
    await edit('extensions.conf', (text) => text.replace('include => interlinks\n', ''), reload);
    await expectFaults(['include-missing', /\[phones\] of 101, 102/, /include => interlinks/]);
  });

  test('looks at outside lines first', async () => {
    await edit(
      'extensions.conf',
      (text) =>
        text.replace(
          'include => interlinks\ninclude => outbound',
          'include => outbound\ninclude => interlinks',
        ),
      reload,
    );
    await expectFaults([
      'include-order',
      /the context outbound takes numbers such as 29, 299, 2999/,
      /before it/,
    ]);
  });

  test("has a pattern of the phones' context that takes everything", async () => {
    await edit(
      'extensions.conf',
      (text) => text.replace('[phones]\n', '[phones]\nexten => _X.,1,Hangup()\n'),
      reload,
    );
    await expectFaults(['include-order', /the pattern _X\. takes numbers such as 29/, /before it/]);
  });

  test('has an outside line with a prefix first, which is no fault', async () => {
    await edit(
      'extensions.conf',
      (text) => text.replace('[phones]\n', '[phones]\nexten => _9.,1,Hangup()\n'),
      reload,
    );
    await expectFaults();
  });
});

describe('phones', () => {
  test('redirect past the dial plan', async () => {
    await edit(
      'pjsip.conf',
      (text) => text.replace('redirect_method=user', 'redirect_method=uri_pjsip'),
      reloads['pjsip.conf'] ?? '',
    );
    await expectFaults(['redirect-uri', /PJSIP\/101 has redirect_method=uri_pjsip/, /redirect_method=user/]);
  });

  test('do not exist', async () => {
    await office.configure({ numbers: [{ number: '103', ring: ['PJSIP/103'] }] });
    await expectFaults(['endpoint-missing', /PJSIP\/103, which Asterisk does not have/, /Correct ring/]);
  });
});

describe('files', () => {
  test.each([
    [
      'the ARI password that others may read',
      'ari.secret',
      0o644,
      0o600,
      /everybody may read it/,
      /chmod 640 /,
    ],
    [
      'a configuration that its group may change',
      'interlinks.yaml',
      0o664,
      0o644,
      /its group may change it/,
      /chmod 644 /,
    ],
    [
      'a data directory that everybody may enter',
      'data',
      0o755,
      0o711,
      /everybody may read it/,
      /chmod 751 /,
    ],
  ])('%s', async (_what, name, bad, good, what, remedy) => {
    await chmod(join(office.folder, name), bad);
    await expectFaults(['file-exposed', what, remedy]);
    await chmod(join(office.folder, name), good);
  });

  test('a configuration with mistakes is named by line, and one that is missing', async () => {
    await office.configure({ dialing: { min: 5, max: 2 } });
    await expectFaults(['config-invalid', /min 5 is larger than max 2/, /Swap them/]);
    const { code, output } = await office.doctor('--config', '/nonexistent.yaml');
    expect(output).toMatch(/config-unreadable +\S+ .*does not exist/);
    expect(code).toBe(1);
  });
});
