import { isHost } from './host.ts';

const maxLength = 255;

/**
 * Reads the base URL of a peer listener: `https://` (implied when left out), a host and perhaps a port; nothing
 * else, because request tokens name the path as the peer receives it.
 * @returns the URL without a trailing slash, or undefined
 */
export function parsePeerUrl(text: string): string | undefined {
  const full = text.includes('://') ? text : `https://${text}`;
  if (full.length > maxLength || !URL.canParse(full)) return undefined;
  const url = new URL(full);
  const rest = url.href.slice(url.origin.length);
  if (url.protocol !== 'https:' || rest !== '/' || url.port === '0') return undefined;
  return isHost(hostOf(url)) ? url.origin : undefined;
}

/** Host of a peer URL, an IPv6 address without its brackets. */
export function hostOf(url: URL | string): string {
  const { hostname } = typeof url === 'string' ? new URL(url) : url;
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
