import type { Suite } from './apt.ts';
import { ASTERISK_MODULES } from './asterisk-modules.ts';

/** What a set of programs consists of. Paths are relative to the root and may be globs. */
export interface Toolset {
  readonly title: string;
  /** Left out: sid. */
  readonly suite?: Suite;
  /** Installed with all they depend on; the first gives the set its version. */
  readonly packages: readonly string[];
  /**
   * Dependencies that only serve parts the rig does not use; they make up most of the size. When one turns out to be
   * needed after all, the set is fetched again in full.
   */
  readonly unneeded: readonly RegExp[];
  readonly executables: readonly string[];
  /** What the executables load while they run. */
  readonly plugins: readonly string[];
  /** Folders of libraries beside the usual one. */
  readonly libraries?: readonly string[];
  /** The executables start themselves again, and look for their files beside themselves. */
  readonly knowsItself?: true;
}

const MAINTENANCE = [
  /^(adduser|debconf|locales|netbase|passwd|procps|sensible-utils|ssl-cert|systemd|sysvinit-utils|tzdata|ucf)$/,
  /^(perl|python3|libperl|libpython3|libpam-|libsasl2-modules|libc-gconv-modules-extra)/,
];

const ASTERISK = {
  title: 'Asterisk',
  packages: ['asterisk', 'asterisk-modules', 'asterisk-config'],
  unneeded: [
    ...MAINTENANCE,
    /^asterisk-core-sounds/,
    /^lib(codec2|curl|glib2|gmime|ical|iksemel|jack|jwt|ldap|lua|neon|odbc|ogg|opencore|opus|portaudio|pq)/,
    /^lib(radcli|samplerate|snmp|spandsp|sybdb|unbound|vo-amrwbenc|vorbis)/,
  ],
  executables: ['usr/sbin/asterisk'],
  plugins: ASTERISK_MODULES.map((name) => `usr/lib/*/asterisk/modules/${name}.so`),
} as const satisfies Toolset;

/** The programs that the rig runs. */
export const TOOLSETS = {
  asterisk: ASTERISK,
  /** The oldest that Interlinks links. */
  asterisk16: {
    ...ASTERISK,
    suite: 'bullseye',
    plugins: ASTERISK_MODULES.map((name) => `usr/lib/asterisk/modules/${name}.so`),
    libraries: ['usr/lib'],
  },
  phones: {
    title: 'the phones baresip and sipp',
    packages: ['baresip-core', 'sip-tester'],
    unneeded: [
      ...MAINTENANCE,
      /^lib(asound|codec2|glib2|jack|mosquitto|openaptx|opencore|portaudio|png|sndio|twolame|vo-amrw|vpx)/,
    ],
    executables: ['usr/bin/baresip', 'usr/bin/sipp'],
    plugins: ['account', 'aubridge', 'ausine', 'ctrl_tcp', 'g711', 'menu', 'sndfile'].map(
      (name) => `usr/lib/baresip/modules/${name}.so`,
    ),
  },
  postgresql: {
    title: 'PostgreSQL',
    packages: ['postgresql'],
    unneeded: [...MAINTENANCE, /^(openssl|postgresql-client|postgresql-common|postgresql-client-common)/],
    executables: ['usr/lib/postgresql/*/bin/initdb', 'usr/lib/postgresql/*/bin/postgres'],
    plugins: ['dict_snowball', 'plpgsql'].map((name) => `usr/lib/postgresql/*/lib/${name}.so`),
  },
  prometheus: {
    title: 'promtool of Prometheus',
    packages: ['prometheus'],
    unneeded: [...MAINTENANCE, /^(daemon|fonts-|libjs-|node-|prometheus-node-exporter)/],
    executables: ['usr/bin/promtool'],
    plugins: [],
  },
  fail2ban: {
    title: 'fail2ban',
    packages: ['fail2ban', 'python3-minimal'],
    unneeded: [
      /^(adduser|debconf|init-system-helpers|netbase|passwd|perl|procps|systemd|sysvinit-utils|ucf)/,
    ],
    executables: ['usr/bin/python3.[0-9]*'],
    plugins: ['usr/lib/python3.*/lib-dynload/*.so'],
  },
  browser: {
    title: 'the browser Chromium',
    packages: ['chromium-headless-shell'],
    unneeded: [
      ...MAINTENANCE,
      /^(lsb-base|mesa-|pci\.ids|x11-common|x11-utils|xdg-utils)/,
      /^lib(gl|egl|llvm|pciaccess|sensors|vulkan|xaw|xft|xinerama|xmu|xpm|xt|xv|xxf86|z3)/,
    ],
    executables: ['usr/lib/chromium/chromium-headless-shell'],
    plugins: ['libsoftokn3', 'libfreebl3', 'libnssckbi'].map((name) => `usr/lib/*/${name}.so`),
    libraries: ['usr/lib/*/pulseaudio'],
    knowsItself: true,
  },
  /** A whole machine to boot, as `startMachine` does: Debian with systemd and its Asterisk, without Node.js. */
  machine: {
    title: 'a Debian with systemd and Asterisk',
    packages: [
      'systemd',
      'base-files',
      'base-passwd',
      'bash',
      'coreutils',
      'dash',
      'findutils',
      'grep',
      'gzip',
      'hostname',
      'libc-bin',
      'login',
      'mount',
      'passwd',
      'procps',
      'sed',
      'tar',
      'util-linux',
      // Every Debian has it, since apt needs it.
      'libstdc++6',
      'libseccomp2',
      'asterisk',
      'asterisk-modules',
      'asterisk-config',
      // For the command's completion.
      'zsh',
      'fish',
    ],
    unneeded: [
      /^(bc|gettext-base|groff-base|lynx|man-db|xdg-utils|xsel)/,
      /^(locales|netbase|perl|python3|sensible-utils|ssl-cert|sysvinit-utils|tzdata|ucf|adduser)/,
      /^asterisk-core-sounds/,
      /^lib(codec2|curl|glib2|gmime|ical|iksemel|jack|jwt|ldap|lua|neon|odbc|ogg|opencore|opus|perl|portaudio|pq|python3)/,
      /^lib(radcli|samplerate|sasl2-modules|snmp|spandsp|sybdb|unbound|vo-amrwbenc|vorbis)/,
    ],
    executables: [],
    plugins: [],
  },
} as const satisfies Record<string, Toolset>;

export type ToolsetName = keyof typeof TOOLSETS;
