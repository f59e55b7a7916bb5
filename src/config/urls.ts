import { splitHostPort, type HostPort } from './hosts.ts';
import { excerpt, type Flaw } from './problem.ts';

interface UrlParts extends HostPort {
  readonly scheme: string;
  readonly path: string;
}

const url = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#@\s]*)(\/[A-Za-z0-9._~/-]*)?$/;

/** Takes a URL without credentials, query and fragment apart; undefined when it is none. */
export function splitUrl(text: string): UrlParts | undefined {
  const [, scheme = '', authority = '', path = ''] = url.exec(text) ?? [];
  const host = splitHostPort(authority);
  return host && { ...host, scheme: scheme.toLowerCase(), path };
}

/** Only `https://host` and `https://host:port` say where a peer is reached. */
export function peerUrlFlaw(text: string): Flaw | undefined {
  const remedy = 'Write it like https://pbx.berlin.example:8443';
  if (holdsCredentials(text))
    return { message: 'A URL for linked systems holds no user name or password', remedy };
  const parts = splitUrl(text);
  if (parts?.scheme === 'http') {
    return {
      message: 'Linked systems talk over TLS only, since anybody on the way could listen to plain http',
      remedy: `Write ${text.replace(/^http/i, 'https')}`,
    };
  }
  if (parts?.scheme === 'https' && /^\/?$/.test(parts.path)) return undefined;
  return { message: `${excerpt(text)} is not https://, a host and perhaps a port, and nothing more`, remedy };
}

/** Only `https://host` and `https://host:port`: over plain http the page is found at the address of admin.listen. */
export function pageUrlFlaw(text: string): Flaw | undefined {
  const parts = splitUrl(text);
  if (parts?.scheme === 'https' && /^\/?$/.test(parts.path)) return undefined;
  return {
    message: `${excerpt(text)} is not https://, a host and perhaps a port, and nothing more`,
    remedy: 'Write it like https://interlinks.berlin.example',
  };
}

/** A `prefix` of http.conf has no place in it: ari-client cannot be told of one. */
export function ariUrlFlaw(text: string): Flaw | undefined {
  const remedy = 'Write it like http://127.0.0.1:8088, with nothing after the port';
  if (holdsCredentials(text)) {
    return {
      message: 'The URL holds a user name or password',
      remedy: 'Write them as username and passwordFile',
    };
  }
  const parts = splitUrl(text);
  const web = parts?.scheme === 'http' || parts?.scheme === 'https';
  if (web && /^\/?$/.test(parts.path)) return undefined;
  return { message: `${excerpt(text)} is not the URL of Asterisk's HTTP server`, remedy };
}

/** The text itself is never shown: it may hold a password. */
export function databaseUrlFlaw(text: string): Flaw | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || !/^postgres(?:ql)?:$/.test(parsed.protocol) || /[\s\p{Cc}]/u.test(text)) {
    return {
      message: 'This is no PostgreSQL URL',
      remedy: 'Write it like postgres://interlinks@db/interlinks',
    };
  }
  if (parsed.password === '' && !parsed.searchParams.has('password')) return undefined;
  return {
    message: 'The URL holds a password',
    remedy: 'Take it out and write it into a file that passwordFile names, readable for Interlinks only',
  };
}

/** `https://host/` and `https://host` are the same to everybody but a comparison of texts. */
export function withoutTrailingSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

function holdsCredentials(text: string): boolean {
  return /^[^/]*:\/\/[^/?#]*@/.test(text);
}
