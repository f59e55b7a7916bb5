import type { DialplanLocation } from '../domain/local-number.ts';
import { isDialable } from '../domain/number-plan.ts';
import { isOwnPrefix } from '../domain/prefix.ts';
import { excerpt, type Flaw } from './problem.ts';

const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const technologies = ['PJSIP', 'IAX2', 'SIP', 'DAHDI'];
const endpoint = new RegExp(`^(?:${technologies.join('|')})/([A-Za-z0-9_.-]{1,80})$`);
const context = '[A-Za-z0-9_.-]{1,79}';
const extension = '[A-Za-z0-9_.*#+-]{1,79}';
const priority = '[1-9][0-9]{0,4}|[A-Za-z][A-Za-z0-9_-]{0,78}';
const location = new RegExp(`^${context},${extension},(?:${priority})$`);

export function numberFlaw(text: string): Flaw | undefined {
  if (isDialable(text)) return undefined;
  const digits = text.replaceAll(/[^0-9*#]/g, '').slice(0, 20);
  return {
    message: `${excerpt(text)} is no internal number: it has 1 to 20 of the characters 0-9, * and #`,
    remedy: digits === '' ? 'Write it like "101"' : `Write, for example, "${digits}"`,
  };
}

/** What is dialed before the numbers of one system. */
export function prefixFlaw(text: string): Flaw | undefined {
  if (isOwnPrefix(text)) return undefined;
  return {
    message: `${excerpt(text)} is no prefix: it has 1 to 6 of the characters 0-9, * and #`,
    remedy: 'Write it like "82"',
  };
}

/** A name as people read it on phones and pages. */
export function nameFlaw(text: string): Flaw | undefined {
  const remedy = 'Write 1 to 40 visible characters';
  const length = Array.from(text).length;
  if (text.trim() === '') return { message: 'The name is empty', remedy };
  if (length > 40) return { message: `The name has ${length} characters`, remedy };
  if (invisible.test(text)) return { message: 'The name holds a control character', remedy };
  if (text.trim() !== text) {
    return { message: 'The name begins or ends with a space', remedy: `Write ${excerpt(text.trim())}` };
  }
  return undefined;
}

export function endpointFlaw(text: string): Flaw | undefined {
  const name = endpoint.exec(text)?.[1];
  if (name === undefined) {
    return {
      message: `${excerpt(text)} is no endpoint to ring`,
      remedy: `Write technology/name like PJSIP/101, with one of ${technologies.join(', ')} and no other part`,
    };
  }
  if (!/^il-/i.test(name)) return undefined;
  return {
    message: `${excerpt(text)} cannot be rung: names that begin with il- are trunks of Interlinks`,
    remedy: 'Name the endpoint of a phone',
  };
}

export function locationFlaw(text: string): Flaw | undefined {
  if (location.test(text)) return undefined;
  return {
    message: `${excerpt(text)} is no place in the dial plan`,
    remedy: 'Write "context,extension,priority" without spaces, like "voicemail,101,1"',
  };
}

/** As another location, but the number dialed may stand in it, and it must not lead back to where it came from. */
export function notFoundFlaw(text: string): Flaw | undefined {
  const { context, extension, priority } = splitLocation(text);
  const flaw = locationFlaw([context, extension.replaceAll('${EXTEN}', '1'), priority].join(','));
  if (flaw !== undefined) {
    return {
      message: `${excerpt(text)} is no place in the dial plan`,
      remedy: 'Write it like "outbound,${EXTEN},1"',
    };
  }
  if (context !== 'interlinks') return undefined;
  return {
    message: 'A number that is not found would be looked up again and again',
    remedy: 'Name a context other than interlinks, such as the one of your outbound routes',
  };
}

/** Takes `context,extension,priority` apart. */
export function splitLocation(text: string): DialplanLocation {
  const [context = '', extension = '', ...rest] = text.split(',');
  return { context, extension, priority: rest.join(',') };
}

/** User names of ari.conf and manager.conf are section names there. */
export function usernameFlaw(text: string): Flaw | undefined {
  if (/^[A-Za-z0-9_.@-]{1,80}$/.test(text)) return undefined;
  return {
    message: `${excerpt(text)} is no user name for Asterisk`,
    remedy: 'Use 1 to 80 letters, digits and the characters _ . @ -',
  };
}

export function pathFlaw(text: string): Flaw | undefined {
  if (text !== '' && text.length <= 4096 && !/\p{Cc}/u.test(text)) return undefined;
  return { message: `${excerpt(text)} is no path`, remedy: 'Write it like /var/lib/interlinks' };
}

/** Asterisk is given a folder in it for OpenSSL, to which a colon separates folders (SSL_CTX_load_verify_locations). */
export function dataDirFlaw(text: string): Flaw | undefined {
  if (!text.includes(':')) return pathFlaw(text);
  return {
    message: `${excerpt(text)} has a colon`,
    remedy: 'Name a folder without one, like /var/lib/interlinks',
  };
}
