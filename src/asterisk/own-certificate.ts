import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isCertificateFor } from '../domain/certificate.ts';
import { FailureError } from '../domain/failure.ts';
import { makeTrunkCertificate } from '../domain/trunk-certificate.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeWholeFile } from '../files/whole-file.ts';

const certificateMode = 0o644;
const keyMode = 0o640;

/**
 * What this system's Asterisk shows on TLS trunks: `trunk.crt` and `trunk.key` in the folder that it shares with the
 * service, as asterisk-config/pjsip-interlinks.conf names them. Made here, with a key of its own, and nowhere else:
 * what is lost is made again, and linked systems are told of it.
 */
export class OwnCertificate {
  readonly #folder: string;
  readonly #systemId: string;
  #certificate: string;

  private constructor(folder: string, systemId: string, certificate: string) {
    this.#folder = folder;
    this.#systemId = systemId;
    this.#certificate = certificate;
  }

  /**
   * @param hosts names and addresses at which others reach the trunks
   * @throws FailureError `data-dir-unusable`
   */
  static async open(folder: string, systemId: string, hosts: readonly string[]): Promise<OwnCertificate> {
    try {
      await makeFolder(folder);
      const own = new OwnCertificate(folder, systemId, await read(join(folder, 'trunk.crt')));
      await own.cover(hosts);
      return own;
    } catch (error) {
      throw new FailureError(
        'data-dir-unusable',
        `Cannot keep the trunks' certificate in ${folder}`,
        `Let the service write there and Asterisk read: install -d -o interlinks -g asterisk -m 2750 ${folder}`,
        error,
      );
    }
  }

  /** PEM. */
  get certificate(): string {
    return this.#certificate;
  }

  /** Makes it anew, with the same key if that is there, unless it is for all these hosts. @returns whether it was */
  async cover(hosts: readonly string[]): Promise<boolean> {
    const key = await read(this.#path('key'));
    if (isPair(this.#certificate, key) && isCertificateFor(this.#certificate, hosts)) return false;
    const made = makeTrunkCertificate(this.#systemId, hosts, isKey(key) ? key : undefined);
    await writeWholeFile(this.#path('key'), made.certificateKey, { mode: keyMode });
    await writeWholeFile(this.#path('crt'), made.certificate, { mode: certificateMode });
    this.#certificate = made.certificate;
    return true;
  }

  /** When the file changed last, milliseconds since the epoch. */
  async changedAt(): Promise<number> {
    return (await stat(this.#path('crt'))).mtimeMs;
  }

  /** Asterisk builds its TLS transport anew, at a reload, when this file has changed. */
  async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.#path('crt'), now, now);
  }

  #path(kind: 'crt' | 'key'): string {
    return join(this.#folder, `trunk.${kind}`);
  }
}

/** @returns empty for what is not there */
async function read(path: string): Promise<string> {
  return await readFile(path, 'latin1').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
}

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

function isPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
