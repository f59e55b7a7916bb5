import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchTools } from './debian.ts';
import { run, startProcess, type ProcessEnd } from './process.ts';
import { RigError } from './rig-error.ts';
import { temporaryFolder } from './temp-folder.ts';
import { within } from './wait.ts';

/**
 * A Debian that runs its own systemd as process 1, in namespaces of its own, on a fresh copy of its files. It shares
 * the loopback network with the rig. It ends with the process that started it.
 */
export interface Machine {
  /** Its files, seen from here. */
  readonly root: string;
  /** Runs a shell script as its root; a command that fails ends the script. Never rejects for the exit code. */
  sh(script: string): Promise<ProcessEnd>;
  /** The same; rejects when the script fails. @returns what it printed */
  run(script: string): Promise<string>;
  stop(): Promise<void>;
}

const BOOT_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/** What would reach out of the namespaces. */
const MASKED = ['binfmt', 'firstboot', 'networkd', 'networkd-wait-online', 'sysctl'];

/**
 * Sets up the root that is given as $1 and becomes its process 1. What Debian's packages do when they are installed
 * comes first: here they were only unpacked.
 */
const BOOT = `
set -eu
cd "$1"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 00000000000000000000000000000001 > etc/machine-id
mkdir -p mnt opt srv
rm -rf var/run && ln -s /run var/run
for unit in ${MASKED.join(' ')}; do ln -s /dev/null "etc/systemd/system/systemd-$unit.service"; done
ln -s /dev/null etc/systemd/system/getty.target
ln -s /dev/null etc/systemd/system/console-getty.service
chroot . ldconfig
chroot . useradd --system --user-group --home-dir /var/lib/asterisk --shell /usr/sbin/nologin asterisk
chroot . chown -R asterisk:asterisk /etc/asterisk /var/lib/asterisk /var/log/asterisk /var/spool/asterisk
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  : > dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
pivot_root . mnt
umount -l /mnt
exec env -i container=rig PATH=/usr/sbin:/usr/bin /usr/lib/systemd/systemd --unit=multi-user.target --log-target=journal
`;

let machines = 0;

/**
 * Boots a machine. Needs root and a cgroup2 file system, as every Debian has it.
 *
 * @throws {RigError} when it does not boot
 */
export async function startMachine(): Promise<Machine> {
  const tools = await fetchTools('machine');
  const folder = await temporaryFolder('machine');
  machines += 1;
  const group = join(await cgroupFolder(), `${basename(folder)}-${machines}`);
  for (const name of ['changes', 'work', 'root']) await mkdir(join(folder, name));
  await mkdir(group);
  const overlay = `lowerdir=${tools.root},upperdir=${folder}/changes,workdir=${folder}/work`;
  const script = [
    `echo $$ > ${group}/cgroup.procs`,
    `exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh -c '
       mount -t overlay overlay -o ${overlay} ${folder}/root
       exec sh -c "$1" boot ${folder}/root' unshared "$1"`,
  ].join('\n');
  const started = await startProcess('/bin/sh', ['-euc', script, 'machine', BOOT]);
  const clean = async (): Promise<void> => {
    await started.stop('SIGKILL');
    await removeGroup(group);
    await rm(folder, { recursive: true, force: true });
  };

  let first = 0;
  const sh = async (script: string): Promise<ProcessEnd> => {
    const inside = [
      '--target',
      String(first),
      '--mount',
      '--pid',
      '--uts',
      '--ipc',
      '--cgroup',
      '--root',
      '--wd',
    ];
    const shell = [
      '/usr/bin/env',
      '-i',
      'PATH=/usr/local/bin:/usr/sbin:/usr/bin',
      'HOME=/root',
      'sh',
      '-euc',
      script,
    ];
    return (await startProcess('nsenter', [...inside, '--', ...shell])).ended;
  };
  const booted = async (): Promise<void> => {
    for (;;) {
      const children = await readFile(`/proc/${started.pid}/task/${started.pid}/children`, 'utf8').catch(
        () => '',
      );
      first = Number(children.trim());
      if (first > 0 && (await readFile(`/proc/${first}/comm`, 'utf8').catch(() => '')) === 'systemd\n') {
        const { output } = await sh('systemctl is-system-running');
        if (/^(running|degraded)$/m.test(output)) return;
      }
      await delay(LOOK_AGAIN_MS);
    }
  };
  const died = started.ended.then(({ output }) => {
    throw new RigError('The machine did not boot', output);
  });
  try {
    await within(BOOT_MS, 'the machine did not boot', Promise.race([booted(), died]));
  } catch (error) {
    await clean();
    throw error;
  }
  died.catch(() => undefined);

  return {
    root: `/proc/${first}/root`,
    sh,
    run: async (script) => {
      const { code, output } = await sh(script);
      if (code !== 0) throw new RigError(`This failed in the machine: ${script}`, output);
      return output;
    },
    stop: clean,
  };
}

async function cgroupFolder(): Promise<string> {
  const mounts = await run('findmnt', ['--noheadings', '--types', 'cgroup2', '--output', 'TARGET']).catch(
    () => '',
  );
  const [folder] = mounts.trim().split('\n');
  if (!folder)
    throw new RigError('There is no cgroup2 file system', 'mount one, or run this on a Debian with systemd');
  return folder;
}

/** Removes a control group with all below it; it goes once the last of its processes is gone. */
async function removeGroup(group: string): Promise<void> {
  for (const entry of await readdir(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  }
  for (;;) {
    const gone = await rmdir(group).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'EBUSY',
    );
    if (gone) return;
    await delay(LOOK_AGAIN_MS);
  }
}
