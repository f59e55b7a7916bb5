import { readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { trunkSubjectHash } from '../domain/trunk-certificate.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeWholeFile } from '../files/whole-file.ts';

const certificateFile = /^(il-[0-9a-z]{16})\.pem$/;
const hashLink = /^([0-9a-f]{8})\.\d+$/;

interface Kept {
  readonly certificate: string;
  readonly hash: string;
}

/**
 * The certificates that Asterisk accepts on TLS trunks, in the folder that `ca_list_path` names: one file a trunk, and
 * a link by the subject's hash to each, as `openssl rehash` makes them. Asterisk finds a new one at once, and remembers
 * one that it has found until it builds the transport anew.
 */
export class PeerCertificates {
  readonly #folder: string;
  readonly #beforeLosing: () => Promise<void>;
  #kept: Promise<Map<string, Kept>> | undefined;

  /**
   * @param beforeLosing runs before a certificate goes, so that what Asterisk remembers of it is made to end also when this
   * service is killed in that moment
   */
  constructor(folder: string, beforeLosing: () => Promise<void>) {
    this.#folder = folder;
    this.#beforeLosing = beforeLosing;
  }

  /**
   * @param trunk `il-…`
   * @param certificate PEM
   * @returns whether it took the place of another one
   */
  async put(trunk: string, certificate: string): Promise<boolean> {
    const kept = await this.#all();
    const before = kept.get(trunk);
    if (before?.certificate === certificate) return false;
    const hash = trunkSubjectHash(certificate);
    if (before !== undefined) await this.#beforeLosing();
    await writeWholeFile(this.#file(trunk), certificate, { mode: 0o644 });
    kept.set(trunk, { certificate, hash });
    await this.#link(hash, kept);
    if (before !== undefined && before.hash !== hash) await this.#link(before.hash, kept);
    return before !== undefined;
  }

  /** @returns whether there was one */
  async remove(trunk: string): Promise<boolean> {
    const kept = await this.#all();
    const before = kept.get(trunk);
    if (before === undefined) return false;
    await this.#beforeLosing();
    kept.delete(trunk);
    await this.#link(before.hash, kept);
    await rm(this.#file(trunk), { force: true });
    return true;
  }

  /** Names of the trunks. */
  async list(): Promise<readonly string[]> {
    return [...(await this.#all()).keys()];
  }

  #all(): Promise<Map<string, Kept>> {
    this.#kept ??= this.#read().catch((error: unknown) => {
      this.#kept = undefined;
      throw error;
    });
    return this.#kept;
  }

  /** Makes the links anew: a copy of the folder may have lost them, or a crash left one too many. */
  async #read(): Promise<Map<string, Kept>> {
    await makeFolder(this.#folder);
    const kept = new Map<string, Kept>();
    const hashes = new Set<string>();
    for (const name of await readdir(this.#folder)) {
      const linked = hashLink.exec(name)?.[1];
      if (linked !== undefined) hashes.add(linked);
      const trunk = certificateFile.exec(name)?.[1];
      if (trunk === undefined) continue;
      const certificate = await readFile(this.#file(trunk), 'latin1');
      const hash = trunkSubjectHash(certificate);
      kept.set(trunk, { certificate, hash });
      hashes.add(hash);
    }
    for (const hash of hashes) await this.#link(hash, kept);
    return kept;
  }

  /** Without a gap, since OpenSSL counts up from 0 until there is no more. */
  async #link(hash: string, kept: ReadonlyMap<string, Kept>): Promise<void> {
    const trunks = [...kept].filter(([, one]) => one.hash === hash).map(([trunk]) => trunk);
    for (const [index, trunk] of trunks.entries()) {
      const draft = join(this.#folder, 'link.new');
      await rm(draft, { force: true });
      await symlink(`${trunk}.pem`, draft);
      await rename(draft, join(this.#folder, `${hash}.${index}`));
    }
    await rm(join(this.#folder, `${hash}.${trunks.length}`), { force: true });
  }

  #file(trunk: string): string {
    return join(this.#folder, `${trunk}.pem`);
  }
}
