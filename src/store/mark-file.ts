import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../files/whole-file.ts';

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

  /** For this user alone. */
  async write(mark: string): Promise<void> {
    await writeWholeFile(this.#path, `${mark}\n`, { mode: 0o600 });
  }
}
