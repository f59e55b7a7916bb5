import { isIPv6 } from 'node:net';
import type { Trunk, TrunkProvisioner, TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import type { PeerStatusChange } from './ari-events.ts';
import { DelayedTasks } from './delayed-tasks.ts';

/** The transport in asterisk-config/pjsip-interlinks.conf. */
const trunkTransport = 'interlinks-udp';
const trunkContext = 'interlinks-trunk-pjsip';
/** A context that no dial plan has: messages find no extension there. */
const nowhere = 'interlinks-none';
const objectTypes = ['endpoint', 'aor', 'auth'] as const;

/**
 * Seconds between two OPTIONS to a peer. Asterisk sends the first one after a random part of them (res_pjsip_options,
 * sip_options_determine_initial_qualify_time), so a new trunk begins with the shortest and soon goes on with the one
 * that 1,000 trunks can bear.
 */
const qualifySeconds = { first: '1', usual: '4' } as const;
const firstQualifyMs = 1500;

type ObjectType = (typeof objectTypes)[number];
type Fields = Readonly<Record<string, string>>;

interface PjsipObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly fields: Fields;
}

export interface PjsipTrunksDeps {
  /** Name of the Stasis application that is told of their state. */
  readonly application: string;
  /** Names as in Asterisk's `allow`, in order of preference. */
  readonly codecs: () => readonly string[];
  /** Called when a trunk's peer begins or ceases to answer. */
  readonly onState: (trunk: string, state: TrunkState) => void;
}

/**
 * PJSIP trunks, made at run time by ARI push configuration (sorcery wizard `memory`). An endpoint is recognized by
 * the user name in From and by digest, not by address, so that two interlinks between the same addresses stay apart.
 */
export class PjsipTrunks implements TrunkProvisioner {
  readonly #ari: AriConnection;
  readonly #deps: PjsipTrunksDeps;
  readonly #settling = new DelayedTasks();

  constructor(ari: AriConnection, deps: PjsipTrunksDeps) {
    this.#ari = ari;
    this.#deps = deps;
    ari.on('PeerStatusChange', ({ endpoint, peer }) => {
      if (endpoint.technology === 'PJSIP') deps.onState(endpoint.resource, stateOf(peer));
    });
  }

  async put(trunk: Trunk): Promise<void> {
    // A PUT adds to fields that hold several values, so what is there goes first.
    await this.remove(trunk.name);
    for (const { type, id, fields } of objectsOf(trunk, this.#deps.codecs())) {
      await this.#ari.call('asterisk', 'updateObject', {
        configClass: 'res_pjsip',
        objectType: type,
        id,
        fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
      });
    }
    await this.#ari.call('applications', 'subscribe', {
      applicationName: this.#deps.application,
      eventSource: `endpoint:PJSIP/${trunk.name}`,
    });
    await this.#tellIfUp(trunk.name);
    this.#settling.schedule(trunk.name, firstQualifyMs, async () => await this.#qualifyAsUsual(trunk.name));
  }

  async remove(name: string): Promise<void> {
    await this.#settling.cancel(name);
    for (const type of objectTypes) {
      for (const id of idsOf(name, type)) await this.#delete(type, id);
    }
  }

  async list(): Promise<readonly string[]> {
    const endpoints = await this.#ari
      .call<readonly { resource: string }[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      .catch(emptyIfNotFound);
    return endpoints.map(({ resource }) => resource).filter((name) => name.startsWith('il-'));
  }

  /** What changed before the subscription was not told. */
  async #tellIfUp(name: string): Promise<void> {
    const { state } = await this.#ari.call<{ state: string }>('endpoints', 'get', {
      tech: 'PJSIP',
      resource: name,
    });
    if (state === 'online') this.#deps.onState(name, 'up');
  }

  /** That it fails does little harm: the trunk is asked more often than needed. */
  async #qualifyAsUsual(name: string): Promise<void> {
    await this.#ari
      .call('asterisk', 'updateObject', {
        configClass: 'res_pjsip',
        objectType: 'aor',
        id: name,
        fields: [{ attribute: 'qualify_frequency', value: qualifySeconds.usual }],
      })
      .catch(() => undefined);
  }

  async #delete(objectType: ObjectType, id: string): Promise<void> {
    try {
      await this.#ari.call('asterisk', 'deleteObject', { configClass: 'res_pjsip', objectType, id });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function stateOf({ peer_status }: PeerStatusChange['peer']): TrunkState {
  if (peer_status === 'Reachable') return 'up';
  return peer_status === 'Unreachable' ? 'down' : 'unknown';
}

/** Asterisk answers 404 for a technology that has no endpoint at all. */
function emptyIfNotFound(error: unknown): readonly [] {
  if (isNotFound(error)) return [];
  throw error;
}

function idsOf(name: string, type: ObjectType): readonly string[] {
  return type === 'auth' ? [`${name}-in`, `${name}-out`] : [name];
}

/** In the order in which they are made: the endpoint comes last, when all it refers to is there. */
function objectsOf({ name, address, secrets }: Trunk, codecs: readonly string[]): readonly PjsipObject[] {
  const host = isIPv6(address.host) ? `[${address.host}]` : address.host;
  const digest = { auth_type: 'userpass', username: name };
  return [
    { type: 'auth', id: `${name}-in`, fields: { ...digest, password: secrets.inbound } },
    { type: 'auth', id: `${name}-out`, fields: { ...digest, password: secrets.outbound } },
    {
      type: 'aor',
      id: name,
      fields: {
        contact: `sip:${name}@${host}:${address.port}`,
        qualify_frequency: qualifySeconds.first,
        qualify_timeout: '2.0',
      },
    },
    {
      type: 'endpoint',
      id: name,
      fields: {
        transport: trunkTransport,
        context: trunkContext,
        message_context: nowhere,
        aors: name,
        auth: `${name}-in`,
        outbound_auth: `${name}-out`,
        identify_by: 'username,auth_username',
        from_user: name,
        accountcode: name,
        disallow: 'all',
        allow: codecs.join(','),
        direct_media: 'no',
        rtp_timeout: '30',
        rtp_timeout_hold: '300',
        allow_transfer: 'no',
        allow_subscribe: 'no',
        allow_overlap: 'no',
        send_connected_line: 'no',
        trust_connected_line: 'no',
        trust_id_inbound: 'no',
        send_rpid: 'no',
        send_pai: 'no',
        send_diversion: 'no',
      },
    },
  ];
}
