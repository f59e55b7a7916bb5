import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { ConfigFile } from '../config-file.ts';
import { runConfigJob, type ConfigJob, type ConfigOutcome } from '../config-jobs.ts';
import { minimal } from './fixture.ts';
import { LiveConfig } from '../live-config.ts';
import { parseSource, readSource } from '../load.ts';

/** The beginning of a file, up to its numbers. */
export const head = minimal.replace('numbers: []\n', 'numbers:\n');
/** A file that shares 101. */
export const shared = `${head}  - { number: "101", ring: [PJSIP/101] } # reception\n`;
/** The same with 101 private. */
export const hidden = shared.replace('101]', '101], private: true');
/** The same with a mistake where it says so. */
export const invalid = hidden.replace('private: true', 'privat: true');

/** A configuration file in a folder of its own, for each test of a test file anew. */
export class ConfigFolder {
  folder = '';
  file = '';
  #opened: ConfigFile | undefined;

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'interlinks-file-'));
      this.file = join(this.folder, 'interlinks.yaml');
    });
    afterEach(async () => {
      this.#opened?.close();
      await rm(this.folder, { recursive: true });
    });
  }

  /** Writes the file and begins to serve it, as a service does that starts. */
  async open(
    text: string,
    run: (job: ConfigJob) => Promise<ConfigOutcome> = (job) => runConfigJob(job),
  ): Promise<OpenedConfig> {
    await writeFile(this.file, text);
    const started = parseSource(await readSource(this.file));
    const live = new LiveConfig(started.config);
    const lines: string[] = [];
    const write = (fields: object | string, message?: string): void =>
      void lines.push(typeof fields === 'string' ? fields : (message ?? ''));
    const log = { debug: write, info: write, warn: write, error: write };
    const settings = new ConfigFile({ started, live, log, run });
    this.#opened = settings;
    return { live, lines, settings, isPrivate: () => live.plan.find('101')?.private };
  }
}

export interface OpenedConfig {
  readonly live: LiveConfig;
  /** What was logged. */
  readonly lines: readonly string[];
  readonly settings: ConfigFile;
  /** Whether 101 is private by what is in force. */
  readonly isPrivate: () => boolean | undefined;
}
