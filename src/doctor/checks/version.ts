import { fine, notChecked, problem, warning, type Finding } from '../finding.ts';

/** The series that the service is made for, and its first version that it may be used with. */
const wanted = [22, 10, 1] as const;

/**
 * Security advisories of Asterisk's series 22 that touch what Interlinks uses, by the version that has the remedy.
 * As of 2026-11-27. Source: ChangeLogs/ChangeLog-22.*.md of Asterisk.
 */
const holes: readonly {
  readonly fixed: readonly [number, number, number];
  readonly advisories: readonly string[];
}[] = [
  { fixed: [22, 4, 1], advisories: ['GHSA-2grh-7mhv-fcfw (forged identity by a malformed From)'] },
  { fixed: [22, 5, 2], advisories: ['GHSA-64qc-9x89-rx5j (crash by a malformed Authorization header)'] },
  { fixed: [22, 8, 2], advisories: ['GHSA-v6hp-wh3r-cwxh (scripts injected through /httpstatus)'] },
  {
    fixed: [22, 10, 1],
    advisories: [
      'GHSA-vrfp-mg3q-3959 (ARI writes files in spite of live_dangerously=no)',
      'GHSA-wcvv-g26m-wx5c (read-only ARI users can load modules)',
      'GHSA-8jw3-ccr9-xrmf and GHSA-589g-qgf8-m6mx (crash by a NOTIFY from anybody)',
      'GHSA-g8q2-p36q-94f6 (memory used after it was freed, SIP over TCP)',
    ],
  },
];

/** @param version as Asterisk tells it, such as `22.10.1~dfsg` or `certified/22.8-cert2` */
export function checkVersion(version: string): readonly Finding[] {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) {
    return [notChecked('asterisk-version', version, `"${version}" is not the number of a release`)];
  }
  if ((parts[0] ?? 0) < wanted[0]) {
    return [
      problem(
        'asterisk-old',
        version,
        `This is Asterisk ${version}; Interlinks needs ${wanted.join('.')} or newer`,
        'Update Asterisk to the newest release of series 22',
      ),
    ];
  }
  if (parts[0] !== wanted[0]) {
    const why = `only security advisories of Asterisk's series ${wanted[0]} are known`;
    return [notChecked('asterisk-version', version, why)];
  }
  const known = holes.filter(({ fixed }) => isOlder(parts, fixed)).flatMap(({ advisories }) => advisories);
  if (known.length > 0) {
    return [
      warning(
        'asterisk-holes',
        version,
        `Asterisk ${version} has known holes: ${known.join('; ')}`,
        `Update Asterisk to ${wanted.join('.')} or newer, or to a package of your distribution that names these advisories as fixed`,
      ),
    ];
  }
  return [
    fine('asterisk-version', version, `Asterisk ${version} has no holes known to this version of Interlinks`),
  ];
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, part] of than.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
