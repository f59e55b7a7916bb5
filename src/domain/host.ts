import ipaddr from 'ipaddr.js';

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const numeric = /^(?:\d+|0x[0-9a-f]*)$/i;

/**
 * Whether a text is a host name (RFC 1123, underscores allowed) or an IP address in its usual notation, without
 * brackets or zone. Short and octal forms such as `127.1` or `0x7f.1` are refused: programs differ on what they mean.
 */
export function isHost(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return true;
  if (text.includes(':')) return ipaddr.IPv6.isValid(text) && !text.includes('%');
  if (text.length > 253) return false;
  const labels = text.split('.');
  return labels.every((part) => label.test(part)) && !numeric.test(labels.at(-1) ?? '');
}

/** Whether a host, without brackets, is an address that never leaves this machine, or a name for one (RFC 6761). */
export function isLoopback(host: string): boolean {
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'loopback';
  return /(?:^|\.)localhost$/i.test(host);
}

/** As it stands in URLs and for people: `pbx.example:5071`, `192.0.2.1:5071`, `[2001:db8::1]:5071`. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
