import type { Contender } from './contenders.ts';
import { startLinkedOffices, type Line, type LinkedOffices } from './linked-offices.ts';
import { startStaticOffices } from './static-offices.ts';

/** Milliseconds each way between two systems. */
export type Delay = 0 | 20;

const lines: readonly (Line & { readonly delayMs: Delay })[] = [
  { name: 'Interlinks, PJSIP over TLS', prefix: '71', protocol: 'pjsip', delayMs: 0 },
  { name: 'Interlinks, PJSIP in clear', prefix: '72', protocol: 'pjsip', plain: true, delayMs: 0 },
  { name: 'Interlinks, IAX2', prefix: '73', protocol: 'iax2', delayMs: 0 },
  { name: 'Interlinks, PJSIP over TLS', prefix: '81', protocol: 'pjsip', delayMs: 20 },
  { name: 'Interlinks, PJSIP in clear', prefix: '82', protocol: 'pjsip', plain: true, delayMs: 20 },
  { name: 'Interlinks, IAX2', prefix: '83', protocol: 'iax2', delayMs: 20 },
];

/** All that is held against each other, up at the same time. */
export interface Offices {
  readonly contenders: readonly Contender[];
  readonly linked: LinkedOffices;
  stop(): Promise<void>;
}

/** @param wanted those with these delays alone: others take processor too when nobody calls */
export async function startOffices(wanted: readonly Delay[]): Promise<Offices> {
  const statics = await Promise.all(wanted.map(startStaticOffices));
  const linked = await startLinkedOffices(lines.filter(({ delayMs }) => wanted.includes(delayMs)));
  return {
    contenders: [...statics.flatMap((offices) => offices.contenders), ...linked.contenders],
    linked,
    stop: async () => {
      await Promise.all([...statics, linked].map((offices) => offices.stop()));
    },
  };
}
