import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The mark of the database's latest change, outside the database; missing in older data directories. */
export class MarkFile {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'change.mark');
  }

  async read(): Promise<string | undefined> {
    try {
      return (await readFile(this.#path, 'latin1')).trim();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The new mark is there whole, or the old one is; for this user alone. */
  async write(mark: string): Promise<void> {
    const draft = `${this.#path}.${randomBytes(6).toString('hex')}`;
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(`${mark}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, this.#path);
    } finally {
      await rm(draft, { force: true });
    }
  }
}
