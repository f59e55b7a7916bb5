import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Stands for one change of the database that a restored backup would wrongly undo. */
export interface ChangeMark {
  /** When the change was made; milliseconds since the epoch, higher than that of any mark before. */
  readonly madeAt: number;
  /** 128 random bits, base64url. */
  readonly tag: string;
}

/** What a mark looks like when others keep it: time, tag, MAC. */
export const sealedMarkForm = /^\d{1,15}\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;

/**
 * Gives a mark a form in which others can keep it and nobody can make one up.
 * @param privateKey the system's own, see Identity
 */
export function sealMark(privateKey: string, { madeAt, tag }: ChangeMark): string {
  const text = `${madeAt}.${tag}`;
  return `${text}.${macOf(privateKey, text).toString('base64url')}`;
}

/** @returns undefined for what this system never sealed */
export function openMark(privateKey: string, sealed: string): ChangeMark | undefined {
  if (!sealedMarkForm.test(sealed)) return undefined;
  const [madeAt = '', tag = '', mac = ''] = sealed.split('.');
  const given = Buffer.from(mac, 'base64url');
  return timingSafeEqual(given, macOf(privateKey, `${madeAt}.${tag}`))
    ? { madeAt: Number(madeAt), tag }
    : undefined;
}

/** Whether a sealed mark, of whatever system, is newer than another one of that system. */
export function isNewerMark(sealed: string, other: string | undefined): boolean {
  return other === undefined || timeOf(sealed) > timeOf(other);
}

function timeOf(sealed: string): number {
  return Number(sealed.split('.')[0]);
}

function macOf(privateKey: string, text: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', privateKey, '', 'interlinks change mark', 32));
  return createHmac('sha256', key).update(text).digest();
}
