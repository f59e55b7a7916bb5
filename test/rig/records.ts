import type { z } from 'zod';
import { calls, type CallView } from '../../src/admin/call-schema.ts';
import type { Office } from './office.ts';

/** The calls of an office, newest first, as `interlinks calls` tells them. */
export async function callsOf(office: Office): Promise<readonly CallView[]> {
  return calls.parse(await office.json<z.input<typeof calls>>('calls')).calls;
}

/** The newest call of one direction to a number, after it has ended. Throws when there is none. */
export async function lastCall(
  office: Office,
  direction: CallView['direction'],
  dialed: string,
): Promise<CallView> {
  const call = (await callsOf(office)).find((one) => one.direction === direction && one.dialed === dialed);
  if (call === undefined) throw new Error(`${office.name} has no record of a call ${direction} to ${dialed}`);
  return call;
}
