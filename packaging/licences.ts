import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]).optional(),
});

/**
 * Lists what a release ships that others have written, with each one's licence and where its text is.
 *
 * @param root the release
 * @param packages folders of packages in it
 */
export async function listLicences(root: string, packages: readonly string[]): Promise<string> {
  const lines = packages.map(async (folder) => {
    const { name, version, license } = manifest.parse(
      JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
    );
    const [text] = globSync(['*LICEN[SC]E*', '*licen[sc]e*', 'COPYING*', '*README*', '*readme*'], {
      cwd: folder,
    });
    return `${name} ${version}, ${license ?? 'see its text'}: ${relative(root, join(folder, text ?? 'package.json'))}`;
  });
  return `Interlinks contains these packages, each under its own licence:\n\n${(await Promise.all(lines)).toSorted().join('\n')}\n\nFor those in the page see build/page/licences.md.\n`;
}
