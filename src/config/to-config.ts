import { dirname, resolve } from 'node:path';
import type { ListenAddress } from '../domain/listen-address.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { Config } from './config.ts';
import { splitLocation } from './formats.ts';
import { splitHostPort } from './hosts.ts';
import type { Settings } from './schema.ts';
import { splitUrl, withoutTrailingSlash } from './urls.ts';

const defaultTimeoutSeconds = 30;

/** Turns checked settings into what the rest of Interlinks works with. Paths are relative to the file. */
export function toConfig(settings: Settings, file: string): Config {
  const { system, peer, admin, asterisk, trunk, dialing, emergency, database, dataDir, numbers, log } =
    settings;
  const absolute = (path: string) => resolve(dirname(file), path);
  const withFile = <T extends { passwordFile?: string | undefined }>(section: T) => ({
    ...section,
    passwordFile: section.passwordFile === undefined ? undefined : absolute(section.passwordFile),
  });
  return {
    system,
    peer: { ...peer, listen: toListenAddress(peer.listen), url: withoutTrailingSlash(peer.url) },
    admin: {
      listen: toListenAddress(admin.listen),
      url: admin.url === undefined ? undefined : withoutTrailingSlash(admin.url),
    },
    asterisk: {
      ari: { ...withFile(asterisk.ari), url: withoutTrailingSlash(asterisk.ari.url) },
      ami: withFile(asterisk.ami),
    },
    trunk: {
      ...trunk,
      address: trunk.address ?? splitUrl(peer.url)?.host ?? '',
      pjsip: { ...trunk.pjsip, externalAddress: trunk.pjsip.externalAddress },
    },
    dialing: {
      ...dialing,
      ownPrefix: dialing.ownPrefix,
      notFound: dialing.notFound === undefined ? undefined : splitLocation(dialing.notFound),
    },
    emergency,
    database: database && withFile(database),
    dataDir: absolute(dataDir),
    numbers: numbers.map(toLocalNumber),
    records: settings.records,
    log,
  };
}

/** @param text such as `127.0.0.1:8420`, checked */
export function toListenAddress(text: string): ListenAddress {
  const { host = '', port = 0 } = splitHostPort(text) ?? {};
  return { host, port };
}

function toLocalNumber(entry: Settings['numbers'][number]): LocalNumber {
  const { number, name, ring = [], timeout = defaultTimeoutSeconds, noAnswer, dialplan } = entry;
  return {
    number,
    name,
    target:
      dialplan === undefined
        ? {
            kind: 'ring',
            endpoints: ring,
            timeoutSeconds: timeout,
            noAnswer: noAnswer === undefined ? undefined : splitLocation(noAnswer),
          }
        : { kind: 'dialplan', location: splitLocation(dialplan) },
    private: entry.private,
  };
}
