import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FailureError } from '../domain/failure.ts';
import type { Trunk, TrunkProvisioner, TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AmiConnection } from './ami-connection.ts';
import { AmiRefusal, isDenied } from './ami-errors.ts';
import type { AriConnection } from './ari-connection.ts';
import { DelayedTasks } from './delayed-tasks.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeWholeFile } from '../files/whole-file.ts';

/** Name of the one task, and milliseconds between two questions. */
const settling = 'states';
const settleMs = 500;

const trunkContext = 'interlinks-trunk-iax2';
/** So many calls of a peer may be proving who they are at once; Asterisk's own 3 are dialed within a moment. */
const provingAtOnce = 30;
const fileMode = 0o640;
const heading = '; Written by Interlinks, anew at each change.\n';
/** Milliseconds: a peer that answers later than that counts as away; asked so often while it answers, and while not. */
const qualify = { limit: 2000, whenUp: 5000, whenDown: 2000 } as const;

export interface Iax2TrunksDeps {
  readonly ari: AriConnection;
  readonly ami: AmiConnection;
  /** The file that asterisk-config/iax-interlinks.conf includes. */
  readonly file: string;
  /** Name of the Stasis application that is told of their state. */
  readonly application: string;
  /** Names as in Asterisk's `allow`, in order of preference. */
  readonly codecs: () => readonly string[];
  /** Called when a trunk's peer begins or ceases to answer. */
  readonly onState: (trunk: string, state: TrunkState) => void;
}

/**
 * IAX2 trunks (RFC 5456), kept in a file of their own that Asterisk reads at a reload of chan_iax2: one reload for
 * any number of changes. A user and a peer for each, with a secret for each direction.
 */
export class Iax2Trunks implements TrunkProvisioner {
  readonly #deps: Iax2TrunksDeps;
  readonly #settling = new DelayedTasks();
  #sections: Promise<Map<string, string>> | undefined;
  /** Whether the file is behind the sections. */
  #unwritten = false;
  /** Whether Asterisk may be behind the file: what it read before this connection is not known. */
  #unread = true;
  /** Whether Asterisk may have trunks of the file, or of one before it. */
  #used = false;
  /** Trunks of which this connection tells the state. */
  readonly #followed = new Set<string>();

  constructor(deps: Iax2TrunksDeps) {
    this.#deps = deps;
    const { ari, onState } = deps;
    ari.on('down', () => {
      this.#unread = true;
      this.#followed.clear();
    });
    // Those of a peer with calls say `INUSE` besides.
    ari.on('DeviceStateChanged', ({ device_state: { name, state } }) => {
      const trunk = /^IAX2\/(.+)$/.exec(name)?.[1];
      if (trunk === undefined) return;
      if (state === 'UNAVAILABLE') onState(trunk, 'down');
      if (state === 'NOT_INUSE') onState(trunk, 'up');
    });
  }

  async put(trunk: Trunk): Promise<void> {
    const sections = await this.#load();
    const section = sectionsOf(trunk, this.#deps.codecs());
    if (sections.get(trunk.name) === section) return;
    sections.set(trunk.name, section);
    this.#unwritten = true;
  }

  async remove(name: string): Promise<void> {
    if ((await this.#load()).delete(name)) this.#unwritten = true;
    this.#followed.delete(name);
  }

  async list(): Promise<readonly string[]> {
    return [...(await this.#load()).keys()];
  }

  async apply(): Promise<void> {
    const sections = await this.#load();
    if (this.#unwritten) {
      await makeFolder(dirname(this.#deps.file));
      await writeWholeFile(this.#deps.file, heading + [...sections.values()].join(''), { mode: fileMode });
      this.#unwritten = false;
      this.#unread = true;
    } else if (!this.#unread || !this.#used) return;
    this.#used = true;
    await this.#reload(sections.size > 0);
    await this.#follow([...sections.keys()]);
    this.#unread = false;
    this.#used = sections.size > 0;
  }

  async stop(): Promise<void> {
    await this.#settling.cancel(settling);
  }

  /** @param needed whether chan_iax2 has to be there; without it Asterisk has no trunks at least */
  async #reload(needed: boolean): Promise<void> {
    try {
      await this.#deps.ami.action('Reload', { Module: 'chan_iax2.so' });
    } catch (error) {
      if (!(error instanceof AmiRefusal) || isDenied(error)) throw error;
      if (needed) throw setUpMissing('Asterisk has not loaded chan_iax2');
    }
  }

  /** Asks for the events of trunks that are new, then tells what is known already: in this order nothing is missed. */
  async #follow(names: readonly string[]): Promise<void> {
    const { ari, application } = this.#deps;
    for (const name of names.filter((one) => !this.#followed.has(one))) {
      await ari.call('applications', 'subscribe', {
        applicationName: application,
        eventSource: `deviceState:IAX2/${name}`,
      });
      this.#followed.add(name);
    }
    if (names.length === 0) return;
    const found = await this.#tellStates();
    if (names.some((name) => !found.has(name))) {
      throw setUpMissing(`Asterisk has not taken the IAX2 trunks in ${this.#deps.file}`);
    }
  }

  /**
   * Of a new peer that answers its first question, Asterisk tells no event: it is asked until it knows of each.
   *
   * @returns those that it has
   */
  async #tellStates(): Promise<ReadonlySet<string>> {
    const peers = await this.#deps.ami.list('IAXpeerlist');
    const followed = peers.filter(({ objectname = '' }) => this.#followed.has(objectname));
    for (const { objectname = '', status = '' } of followed) this.#deps.onState(objectname, stateOf(status));
    if (followed.some(({ status = '' }) => stateOf(status) === 'unknown')) {
      const again = async (): Promise<void> => void (await this.#tellStates().catch(() => undefined));
      this.#settling.schedule(settling, settleMs, again);
    }
    return new Set(followed.map(({ objectname = '' }) => objectname));
  }

  #load(): Promise<Map<string, string>> {
    this.#sections ??= this.#read().catch((error: unknown) => {
      this.#sections = undefined;
      throw error;
    });
    return this.#sections;
  }

  async #read(): Promise<Map<string, string>> {
    const text = await readIfThere(this.#deps.file);
    this.#used = text !== undefined;
    return sectionsIn(text ?? '');
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

/** By trunk. */
function sectionsIn(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const section of text.split(/^(?=\[)/m)) {
    const name = /^\[(il-[0-9a-z]{16})\]/.exec(section)?.[1];
    if (name !== undefined) sections.set(name, (sections.get(name) ?? '') + section);
  }
  return sections;
}

/** @param status as in IAXpeerlist, such as `OK (3 ms)` */
function stateOf(status: string): TrunkState {
  if (/^(?:OK|Lagged)\b/i.test(status)) return 'up';
  return /^Unreachable$/i.test(status) ? 'down' : 'unknown';
}

function setUpMissing(what: string): FailureError {
  return new FailureError(
    'asterisk-setup',
    what,
    'Include asterisk-config/iax-interlinks.conf in iax.conf, let Asterisk read the file that it names, and load chan_iax2; see the log of Asterisk.',
  );
}

/** A user for calls from the peer, and a peer for calls to it. */
function sectionsOf({ name, address, secrets }: Trunk, codecs: readonly string[]): string {
  const common = {
    auth: 'md5',
    encryption: 'aes128',
    forceencryption: 'yes',
    transfer: 'no',
    disallow: 'all',
    allow: codecs.join(','),
  };
  return [
    section(name, {
      type: 'user',
      secret: secrets.inbound,
      ...common,
      requirecalltoken: 'yes',
      maxauthreq: String(provingAtOnce),
      context: trunkContext,
      accountcode: name,
    }),
    section(name, {
      type: 'peer',
      username: name,
      secret: secrets.outbound,
      ...common,
      host: address.host,
      port: String(address.port),
      sendani: 'no',
      // For transfers by the peer alone, which chan_iax2 obeys: an empty one of dialplan/interlinks.conf.
      context: 'interlinks-nowhere',
      qualify: String(qualify.limit),
      qualifyfreqok: String(qualify.whenUp),
      qualifyfreqnotok: String(qualify.whenDown),
    }),
  ].join('');
}

function section(name: string, settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  return `[${name}]\n${lines.join('')}`;
}
