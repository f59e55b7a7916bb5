import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatchOptions {
  /** How long a file stays untouched before it counts as written, in milliseconds. */
  readonly settleMs?: number;
  /** How often to look without being told: for file systems that tell nothing, and directories made anew. */
  readonly pollMs?: number;
}

/**
 * Watches one file by its directory, so that a new file put in its place is seen, and that of its target when it is
 * a symbolic link. Calls back when the file was changed, replaced, removed or made again, and has come to rest.
 */
export class FileWatch {
  readonly #file: string;
  readonly #onChange: () => void;
  readonly #settleMs: number;
  readonly #poll: NodeJS.Timeout;
  readonly #watchers = new Map<string, FSWatcher>();
  /** What the file was when it was looked at last. */
  #seen: string | undefined;
  #restless = false;
  #settling: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(file: string, onChange: () => void, { settleMs = 150, pollMs = 5000 }: FileWatchOptions = {}) {
    this.#file = file;
    this.#onChange = onChange;
    this.#settleMs = settleMs;
    this.#poll = setInterval(() => void this.#look(), pollMs).unref();
  }

  /** Resolves when every later change will be seen. */
  async start(): Promise<void> {
    await this.#watchFolders();
    this.#seen = await signature(this.#file);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #look(): Promise<void> {
    const now = await signature(this.#file);
    await this.#watchFolders();
    if (this.#closed) return;
    if (now !== this.#seen) {
      this.#seen = now;
      this.#restless = true;
      this.#lookSoon();
    } else if (this.#restless) {
      this.#restless = false;
      this.#onChange();
    }
  }

  #lookSoon(): void {
    if (this.#closed || this.#settling !== undefined) return;
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      void this.#look();
    }, this.#settleMs);
  }

  async #watchFolders(): Promise<void> {
    const target = await realpath(this.#file).catch(() => this.#file);
    const folders = new Map<string, string>();
    for (const folder of [dirname(this.#file), dirname(target)]) {
      const identity = await stat(folder, { bigint: true }).then(
        ({ dev, ino }) => `${folder} ${dev}:${ino}`,
        () => undefined,
      );
      if (identity !== undefined) folders.set(identity, folder);
    }
    if (this.#closed) return;
    for (const [identity, watcher] of this.#watchers) {
      if (folders.has(identity)) continue;
      watcher.close();
      this.#watchers.delete(identity);
    }
    for (const [identity, folder] of folders) {
      if (!this.#watchers.has(identity)) this.#watchFolder(identity, folder);
    }
  }

  #watchFolder(identity: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      // It may be gone; the next look watches it again, if it is there.
      watcher.on('error', () => this.#watchers.delete(identity));
      this.#watchers.set(identity, watcher);
    } catch {
      // Gone between two looks, or the system is out of watches: the regular look is left.
    }
  }
}

/** Differs after every change of content, name, owner or mode. */
async function signature(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'none';
  }
}
