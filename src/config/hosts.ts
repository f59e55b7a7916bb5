import { isIP, isIPv6 } from 'node:net';
import { isHost } from '../domain/host.ts';
import { excerpt, type Flaw } from './problem.ts';

const hostPort = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/;

/** A host, without brackets, and a port as they stand in `host:port`. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** Takes `host`, `host:port`, `[IPv6]` and `[IPv6]:port` apart; undefined when it is none of them. */
export function splitHostPort(text: string): HostPort | undefined {
  const [, ipv6, host, port] = hostPort.exec(text) ?? [];
  if (ipv6 !== undefined) {
    if (!isAddress(ipv6) || !isIPv6(ipv6)) return undefined;
  } else if (host === undefined || !isHost(host)) return undefined;
  if (port !== undefined && !isPort(Number(port))) return undefined;
  return { host: ipv6 ?? host ?? '', port: port === undefined ? undefined : Number(port) };
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

export function hostFlaw(text: string): Flaw | undefined {
  if (isHost(text)) return undefined;
  return {
    message: `${excerpt(text)} is no host name and no IP address`,
    remedy: 'Write it like pbx.berlin.example or 203.0.113.7, without scheme, port and brackets',
  };
}

export function addressFlaw(text: string): Flaw | undefined {
  if (isAddress(text)) return undefined;
  return {
    message: `${excerpt(text)} is no IP address`,
    remedy: 'Write it like 203.0.113.7, or 0.0.0.0 for all addresses of this machine',
  };
}

export function listenFlaw(text: string): Flaw | undefined {
  if (splitHostPort(text)?.port !== undefined) return undefined;
  return {
    message: `${excerpt(text)} is no address to listen on`,
    remedy: 'Write host:port with a port from 1 to 65535, like 0.0.0.0:8443 or "[::]:8443"',
  };
}

export function networkFlaw(text: string): Flaw | undefined {
  const [address = '', prefix, more] = text.split('/');
  const longest = isIPv6(address) ? 128 : 32;
  const fits = /^\d{1,3}$/.test(prefix ?? '') && Number(prefix) <= longest;
  if (isAddress(address) && fits && more === undefined) return undefined;
  return { message: `${excerpt(text)} is no network`, remedy: 'Write it like 10.0.0.0/8' };
}

/** An IPv6 zone, as in `fe80::1%eth0`, means something on one machine only. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}
