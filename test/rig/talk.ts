import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Office, OfficePhone } from './office.ts';
import type { PhoneEvent } from './phone-events.ts';
import type { Phone } from './phone.ts';
import { RigError } from './rig-error.ts';
import { toneShare } from './tone.ts';

/** Share of the latest second from which on a tone counts as heard. */
const HEARD = 0.8;
const HEAR_MS = 8000;
const IDLE_MS = 3000;
const LOOK_AGAIN_MS = 100;

/** What two people notice of a call. */
export interface Talk {
  /** Milliseconds from dialing to the first ringing tone. */
  readonly rangAfterMs: number;
  /** Number and name on the called phone's display. */
  readonly shown: { readonly number: string; readonly name: string };
}

/**
 * Calls, lets the other side answer, and returns when both have heard the other's tone. The call is still up.
 *
 * @throws {RigError} when a side stays deaf, or another tone than the right one arrives
 */
export async function talk(caller: OfficePhone, number: string, called: OfficePhone): Promise<Talk> {
  const from = { caller: caller.events.list.length, called: called.events.list.length };
  const dialedAt = performance.now();
  await caller.dial(number);
  await caller.waitFor('ringing', { from: from.caller });
  const rangAfterMs = performance.now() - dialedAt;
  const { number: shownNumber, name } = await called.waitFor('incoming', { from: from.called });
  await caller.waitFor('established', { from: from.caller });
  await Promise.all([untilHeard(called, caller.tone), untilHeard(caller, called.tone)]);
  return { rangAfterMs, shown: { number: shownNumber, name } };
}

/**
 * Waits until what a phone hears from now on, up to the last second of it, is one tone.
 *
 * @throws {RigError} when it does not hear it within `ms` milliseconds
 */
export async function untilHeard(
  phone: Pick<Phone, 'number' | 'recording'>,
  hertz: number,
  ms = HEAR_MS,
): Promise<void> {
  const end = performance.now() + ms;
  const earlier = phone.recording();
  const heardEarlier = await sizeOf(earlier);
  for (;;) {
    const recording = phone.recording();
    const since = recording === earlier ? heardEarlier : 0;
    const share = await toneShare(recording, hertz, since).catch(() => 0);
    if (share >= HEARD) return;
    if (performance.now() > end) {
      throw new RigError(
        `phone ${phone.number} does not hear ${hertz} Hz`,
        `share of it: ${share.toFixed(2)}`,
      );
    }
    await delay(LOOK_AGAIN_MS);
  }
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Ends a call from one side and waits until both phones say so. */
export async function hangUp(phone: Phone, other: Phone): Promise<void> {
  const from = { phone: phone.events.list.length, other: other.events.list.length };
  await phone.hangup();
  await Promise.all([
    phone.waitFor('closed', { from: from.phone }),
    other.waitFor('closed', { from: from.other }),
  ]);
}

/** Dials a number that does not answer, and gives how it ended. */
export async function dialInVain(phone: Phone, number: string, ms = 10_000): Promise<PhoneEvent> {
  const from = phone.events.list.length;
  await phone.dial(number);
  return phone.waitFor('closed', { from, ms });
}

/** Waits until no channel is left in an office's Asterisk. Throws when one stays, after ending it. */
export async function untilIdle({ name, pbx: { asterisk } }: Office): Promise<void> {
  const end = performance.now() + IDLE_MS;
  while (!(await asterisk.cli('core show channels count')).startsWith('0 active channels')) {
    if (performance.now() > end) {
      const left = await asterisk.cli('core show channels');
      await asterisk.cli('channel request hangup all');
      throw new RigError(`${name} still has channels`, left);
    }
    await delay(LOOK_AGAIN_MS);
  }
}
