import { createHash } from 'node:crypto';
import { FailureError } from '../domain/failure.ts';
import type { Trunk, TrunkProvisioner, TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import { DelayedTasks } from './delayed-tasks.ts';
import type { OwnCertificate } from './own-certificate.ts';
import type { PeerCertificates } from './peer-certificates.ts';
import { idsOf, objectsOf, objectTypes, qualifySeconds, tls } from './pjsip-objects.ts';
import type { AsteriskFeatures, ObjectType } from './pjsip-objects.ts';
import { TrunkStates } from './trunk-states.ts';

const firstQualifyMs = 1500;

/** What is asked of each Asterisk once. */
interface AsteriskFacts extends AsteriskFeatures {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Trunks that it had then and that nobody here has touched since. */
  readonly untouched: Set<string>;
}

export interface PjsipTrunksDeps {
  readonly ownCertificate: Pick<OwnCertificate, 'changedAt' | 'touch'>;
  readonly peerCertificates: PeerCertificates;
  /** Name of the Stasis application that is told of their state. */
  readonly application: string;
  /** Names as in Asterisk's `allow`, in order of preference. */
  readonly codecs: () => readonly string[];
  /** Called when a trunk's peer begins or ceases to answer. */
  readonly onState: (trunk: string, state: TrunkState) => void;
  /** Called when Asterisk has lost a trunk: to be put again. */
  readonly onMissing: (trunk: string) => void;
}

/**
 * PJSIP trunks, made at run time by ARI push configuration (sorcery wizard `memory`). An endpoint is recognized by
 * the user name in From, not by address, so that two interlinks between the same addresses stay apart.
 *
 * What a trunk was made of is noted in Asterisk, in a global variable, which lasts as long as what is pushed: a service
 * that starts anew leaves alone what is right, and no call is refused meanwhile.
 */
export class PjsipTrunks implements TrunkProvisioner {
  readonly #ari: AriConnection;
  readonly #deps: PjsipTrunksDeps;
  readonly #settling = new DelayedTasks();
  readonly #states: TrunkStates;
  /** Fingerprints of the objects that Asterisk has, by trunk. */
  readonly #made = new Map<string, string>();
  #known: Promise<AsteriskFacts> | undefined;
  /** Whether Asterisk has its transport ready for TLS trunks. */
  #transportReady = false;
  /** Whether Asterisk may still show, or accept, a certificate that it should not. */
  #outdated = false;
  /** Which state of this system's own certificate it has read, by the time of that change. */
  #appliedAt = 0;

  constructor(ari: AriConnection, deps: PjsipTrunksDeps) {
    this.#ari = ari;
    this.#deps = deps;
    const onMissing = (trunk: string): void => {
      this.#made.delete(trunk);
      deps.onMissing(trunk);
    };
    this.#states = new TrunkStates(ari, deps.application, { onState: deps.onState, onMissing });
    ari.on('down', () => {
      this.#known = undefined;
      this.#transportReady = false;
      this.#made.clear();
    });
  }

  async put(trunk: Trunk): Promise<void> {
    const { certificate } = trunk.address;
    if (certificate !== undefined) {
      await this.#requireTransport();
      if (await this.#deps.peerCertificates.put(trunk.name, certificate)) this.#outdated = true;
    }
    const objects = objectsOf(trunk, this.#deps.codecs(), await this.#facts());
    const made = fingerprintOf(objects);
    // While its objects are made anew a trunk refuses calls; another certificate needs none of that.
    if (this.#made.get(trunk.name) === made) return;
    if (await this.#isNoted(trunk.name, made)) {
      await this.#states.watch(trunk.name);
      this.#made.set(trunk.name, made);
      return;
    }
    // A PUT adds to fields that hold several values, so what is there goes first.
    await this.#removeObjects(trunk.name);
    for (const { type, id, fields } of objects) {
      await this.#ari.call('asterisk', 'updateObject', {
        configClass: 'res_pjsip',
        objectType: type,
        id,
        fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
      });
    }
    await this.#states.watch(trunk.name);
    this.#made.set(trunk.name, made);
    this.#settling.schedule(trunk.name, firstQualifyMs, async () => await this.#settle(trunk.name, made));
  }

  async remove(name: string): Promise<void> {
    await this.#removeObjects(name);
    await this.#note(name);
    if (await this.#deps.peerCertificates.remove(name)) this.#outdated = true;
  }

  async apply(): Promise<void> {
    if (!this.#outdated) return;
    await this.#deps.ownCertificate.touch();
    await this.#reload();
    this.#appliedAt = await this.#deps.ownCertificate.changedAt();
    this.#outdated = false;
  }

  /** This system's own certificate is another one from now on; in force after {@link apply}. */
  certificateRenewed(): void {
    this.#outdated = true;
  }

  async list(): Promise<readonly string[]> {
    const names = await this.#endpoints();
    return [...new Set([...names, ...(await this.#deps.peerCertificates.list())])];
  }

  async #endpoints(): Promise<readonly string[]> {
    const endpoints = await this.#ari
      .call<readonly { resource: string }[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      .catch(emptyIfNotFound);
    return endpoints.map(({ resource }) => resource).filter((name) => name.startsWith('il-'));
  }

  /** A transport that could not be made at Asterisk's start, before there was a certificate, is made by a reload. */
  async #requireTransport(): Promise<void> {
    if (this.#transportReady) return;
    if (!(await this.#hasTransport())) {
      await this.#reload();
      if (!(await this.#hasTransport())) throw transportMissing();
    }
    const { startedAt } = await this.#facts();
    const changedAt = await this.#deps.ownCertificate.changedAt();
    if (changedAt > Math.max(startedAt, this.#appliedAt)) this.#outdated = true;
    this.#transportReady = true;
  }

  async #hasTransport(): Promise<boolean> {
    const found = await this.#ari
      .call<readonly unknown[]>('asterisk', 'getObject', {
        configClass: 'res_pjsip',
        objectType: 'transport',
        id: tls.transport,
      })
      .catch(emptyIfNotFound);
    return found.length > 0;
  }

  #facts(): Promise<AsteriskFacts> {
    this.#known ??= this.#askFacts().catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }

  async #askFacts(): Promise<AsteriskFacts> {
    const { system, status } = await this.#ari.call<{
      system: { version: string };
      status: { startup_time: string };
    }>('asterisk', 'getInfo');
    const [major = 0, minor = 0] = system.version.split('.').map((part) => Number.parseInt(part, 10));
    return {
      digestAlgorithms: major > 22 || (major === 22 && minor >= 2),
      startedAt: Date.parse(status.startup_time),
      untouched: new Set(await this.#endpoints()),
    };
  }

  async #reload(): Promise<void> {
    await this.#ari.call('asterisk', 'reloadModule', { moduleName: 'res_pjsip.so' });
  }

  async #removeObjects(name: string): Promise<void> {
    this.#made.delete(name);
    this.#states.forget(name);
    await this.#settling.cancel(name);
    for (const type of objectTypes) {
      for (const id of idsOf(name, type)) await this.#delete(type, id);
    }
  }

  /** That it fails does little harm: the trunk is asked more often than needed, and made anew by the next service. */
  async #settle(name: string, made: string): Promise<void> {
    try {
      await this.#ari.call('asterisk', 'updateObject', {
        configClass: 'res_pjsip',
        objectType: 'aor',
        id: name,
        fields: [{ attribute: 'qualify_frequency', value: qualifySeconds.usual }],
      });
      await this.#note(name, made);
    } catch {
      // As said.
    }
  }

  async #isNoted(name: string, made: string): Promise<boolean> {
    const { untouched } = await this.#facts();
    if (!untouched.delete(name)) return false;
    const { value } = await this.#ari.call<{ value: string }>('asterisk', 'getGlobalVar', {
      variable: noteOf(name),
    });
    return value === made;
  }

  /** @param made none: the note is taken away */
  async #note(name: string, made?: string): Promise<void> {
    await this.#ari.call('asterisk', 'setGlobalVar', {
      variable: noteOf(name),
      ...(made && { value: made }),
    });
  }

  async #delete(objectType: ObjectType, id: string): Promise<void> {
    try {
      await this.#ari.call('asterisk', 'deleteObject', { configClass: 'res_pjsip', objectType, id });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** The global variable. */
function noteOf(trunk: string): string {
  return `IL_TRUNK_${trunk.slice('il-'.length)}`;
}

/** Of objects with passwords in them, which need not be kept. */
function fingerprintOf(objects: readonly object[]): string {
  return createHash('sha256').update(JSON.stringify(objects)).digest('base64');
}

/** Asterisk answers 404 for a technology that has no endpoint at all. */
function emptyIfNotFound(error: unknown): readonly [] {
  if (isNotFound(error)) return [];
  throw error;
}

function transportMissing(): FailureError {
  return new FailureError(
    'asterisk-setup',
    `Asterisk has no transport ${tls.transport}, so trunks over TLS do not work`,
    'Include asterisk-config/pjsip-interlinks.conf in pjsip.conf, and let Asterisk read the certificate files that it names; its log says what it misses.',
  );
}
