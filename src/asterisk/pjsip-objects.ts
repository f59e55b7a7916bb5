import { hostAndPort } from '../domain/host.ts';
import { isEncrypted } from '../domain/interlink.ts';
import type { Trunk } from '../interlinks/trunk-provisioner.ts';

/** The transport in asterisk-config/pjsip-interlinks.conf, and what in dialplan/interlinks.conf takes the calls. */
export const tls = { transport: 'interlinks-tls', context: 'interlinks-trunk-pjsip' } as const;
const plain = { transport: 'interlinks-udp', context: 'interlinks-trunk-pjsip-plain' } as const;
/** A context that no dial plan has: messages find no extension there. */
const nowhere = 'interlinks-none';

export const objectTypes = ['endpoint', 'aor', 'auth'] as const;

/**
 * Seconds between two OPTIONS to a peer. Asterisk sends the first one after a random part of them (res_pjsip_options,
 * sip_options_determine_initial_qualify_time), so a new trunk begins with the shortest and soon goes on with the one
 * that 1,000 trunks can bear.
 */
export const qualifySeconds = { first: '1', usual: '4' } as const;

/** Preferred first; with 16.28 and its like the second is used. Asterisk knows these settings from 22.2 on. */
const digestAlgorithms = 'SHA-256,MD5';

export type ObjectType = (typeof objectTypes)[number];
type Fields = Readonly<Record<string, string>>;

interface PjsipObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly fields: Fields;
}

export interface AsteriskFeatures {
  /** Whether it can be told which digest algorithms to offer. */
  readonly digestAlgorithms: boolean;
}

export function idsOf(name: string, type: ObjectType): readonly string[] {
  return type === 'auth' ? [`${name}-in`, `${name}-out`] : [name];
}

/**
 * The objects of a trunk, in the order in which they are made: the endpoint comes last, when all it refers to is there.
 * Over TLS no password is asked for, which would cost each call a round trip (docs/decisions/0025). One is ready for
 * systems that ask for it.
 */
export function objectsOf(
  { name, address, secrets }: Trunk,
  codecs: readonly string[],
  { digestAlgorithms: hasAlgorithms }: AsteriskFeatures,
): readonly PjsipObject[] {
  const encrypted = isEncrypted(address.kind);
  const uri = `sip:${name}@${hostAndPort(address)}${encrypted ? ';transport=tls' : ''}`;
  const { transport, context } = encrypted ? tls : plain;
  const digest = { auth_type: 'userpass', username: name };
  const algorithms = (side: 'uas' | 'uac'): Fields =>
    hasAlgorithms ? { [`supported_algorithms_${side}`]: digestAlgorithms } : {};
  const inboundAuth: PjsipObject = {
    type: 'auth',
    id: `${name}-in`,
    fields: { ...digest, password: secrets.inbound, ...algorithms('uas') },
  };
  return [
    ...(encrypted ? [] : [inboundAuth]),
    {
      type: 'auth',
      id: `${name}-out`,
      fields: { ...digest, password: secrets.outbound, ...algorithms('uac') },
    },
    {
      type: 'aor',
      id: name,
      fields: {
        contact: uri,
        qualify_frequency: qualifySeconds.first,
        qualify_timeout: '2.0',
      },
    },
    {
      type: 'endpoint',
      id: name,
      fields: {
        transport,
        context,
        media_encryption: encrypted ? 'sdes' : 'no',
        message_context: nowhere,
        aors: name,
        ...(!encrypted && { auth: inboundAuth.id }),
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
