import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FailureError } from '../domain/failure.ts';
import type { Trunk, TrunkProvisioner, TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import { DelayedTasks } from './delayed-tasks.ts';
import type { OwnCertificate } from './own-certificate.ts';
import type { PeerCertificates } from './peer-certificates.ts';
import { idsOf, objectsOf, objectTypes, qualifySeconds, tls } from './pjsip-objects.ts';
import type { AsteriskFeatures, ObjectType } from './pjsip-objects.ts';
import { TrunkStates, type Endpoint } from './trunk-states.ts';

const firstQualifyMs = 1500;
const pausesUntilGone = [5, 10, 20, 50, 100, 200, 500];
/** A field of `auth` that Asterisk does not use where `auth_type` is `userpass`. */
const noteField = 'oauth_clientid';

/** What is asked of each Asterisk once. */
interface AsteriskFacts extends AsteriskFeatures {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Trunks whose peer answered then, but for those that were put since. */
  readonly answering: Set<string>;
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
 * What a trunk was made of is noted in one of its objects, so that a service that starts anew leaves alone what is right,
 * and no call is refused meanwhile.
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
    const facts = await this.#facts();
    if (certificate !== undefined) {
      await this.#requireTransport();
      if (await this.#deps.peerCertificates.put(trunk.name, certificate)) this.#outdated = true;
    }
    const objects = objectsOf(trunk, this.#deps.codecs(), facts);
    const made = fingerprintOf(objects);
    // While its objects are made anew a trunk refuses calls; another certificate needs none of that.
    if (this.#made.get(trunk.name) === made) return;
    const isThere = facts.answering.has(trunk.name) && (await this.#isNoted(trunk.name, made));
    if (!isThere) await this.#make(trunk.name, objects);
    await this.#states.watch(trunk.name);
    // What was forgotten with the connection must not be taken for known.
    if ((await this.#facts()) !== facts) throw new Error('the connection to Asterisk was lost meanwhile');
    this.#made.set(trunk.name, made);
    facts.answering.delete(trunk.name);
    if (!isThere) this.#settleSoon(trunk.name, made);
  }

  async remove(name: string): Promise<void> {
    await this.#removeObjects(name);
    if (await this.#deps.peerCertificates.remove(name)) this.#outdated = true;
  }

  async apply(): Promise<void> {
    if (!this.#outdated) return;
    // What changes meanwhile may not be read any more by this reload.
    this.#outdated = false;
    try {
      await this.#deps.ownCertificate.touch();
      const changedAt = await this.#deps.ownCertificate.changedAt();
      await this.#reload();
      this.#appliedAt = changedAt;
    } catch (error) {
      this.#outdated = true;
      throw error;
    }
  }

  /** This system's own certificate is another one from now on; in force after {@link apply}. */
  certificateRenewed(): void {
    this.#outdated = true;
  }

  async list(): Promise<readonly string[]> {
    const names = (await this.#endpoints()).map(({ resource }) => resource);
    return [...new Set([...names, ...(await this.#deps.peerCertificates.list())])];
  }

  async #endpoints(): Promise<readonly Endpoint[]> {
    const endpoints = await this.#ari
      .call<readonly Endpoint[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      .catch(emptyIfNotFound);
    return endpoints.filter(({ resource }) => resource.startsWith('il-'));
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
      answering: new Set(
        (await this.#endpoints()).filter(({ state }) => state === 'online').map(({ resource }) => resource),
      ),
    };
  }

  async #reload(): Promise<void> {
    await this.#ari.call('asterisk', 'reloadModule', { moduleName: 'res_pjsip.so' });
  }

  async #make(name: string, objects: ReturnType<typeof objectsOf>): Promise<void> {
    // A PUT adds to fields that hold several values, so what is there goes first.
    if (await this.#removeObjects(name)) await this.#untilGone(name);
    for (const { type, id, fields } of objects) await this.#update(type, id, fields);
  }

  /** @returns whether there were any */
  async #removeObjects(name: string): Promise<boolean> {
    this.#made.delete(name);
    this.#states.forget(name);
    await this.#settling.cancel(name);
    let wereThere = false;
    for (const type of objectTypes) {
      for (const id of idsOf(name, type)) if (await this.#delete(type, id)) wereThere = true;
    }
    return wereThere;
  }

  /**
   * Asterisk (22.10) lets go of a deleted endpoint a little later, by its name: one that is made anew before that may be
   * missing for ever where endpoints are listed. One with calls stays as long as they do.
   */
  async #untilGone(name: string): Promise<void> {
    for (const pauseMs of pausesUntilGone) {
      const found = await this.#ari
        .call<object>('endpoints', 'get', { tech: 'PJSIP', resource: name })
        .catch(emptyIfNotFound);
      if (Array.isArray(found)) return;
      await delay(pauseMs);
    }
  }

  #settleSoon(name: string, made: string): void {
    this.#settling.schedule(name, firstQualifyMs, async () => {
      try {
        await this.#update('aor', name, { qualify_frequency: qualifySeconds.usual });
        await this.#update('auth', noteOf(name), { [noteField]: made });
      } catch {
        if (this.#made.get(name) === made) this.#settleSoon(name, made);
      }
    });
  }

  async #isNoted(name: string, made: string): Promise<boolean> {
    const fields = await this.#ari
      .call<readonly { attribute: string; value: string }[]>('asterisk', 'getObject', {
        configClass: 'res_pjsip',
        objectType: 'auth',
        id: noteOf(name),
      })
      .catch(emptyIfNotFound);
    return fields.some(({ attribute, value }) => attribute === noteField && value === made);
  }

  async #update(objectType: ObjectType, id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#ari.call('asterisk', 'updateObject', {
      configClass: 'res_pjsip',
      objectType,
      id,
      fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
    });
  }

  /** @returns whether it was there */
  async #delete(objectType: ObjectType, id: string): Promise<boolean> {
    try {
      await this.#ari.call('asterisk', 'deleteObject', { configClass: 'res_pjsip', objectType, id });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

/** The object that says what a trunk was made of. */
function noteOf(trunk: string): string {
  return `${trunk}-out`;
}

/** Of objects with passwords in them, which need not be kept. */
function fingerprintOf(objects: readonly object[]): string {
  return createHash('sha256')
    .update(JSON.stringify([objects, qualifySeconds]))
    .digest('base64url');
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
