import { z } from 'zod';
import { callDirections, callOutcomes } from '../domain/call.ts';
import { time } from './schema.ts';

export const call = z.object({
  callId: z.string(),
  direction: z.enum(callDirections),
  /** Its name here; the last one, when it has been deleted since. */
  interlink: z.string().optional(),
  interlinkId: z.string().optional(),
  /** Absent when it was private. */
  caller: z.string().optional(),
  dialed: z.string(),
  startedAt: time,
  answeredAt: time.optional(),
  endedAt: time.optional(),
  /** From the dialed number's arrival here to the phone's first ringing. */
  postDialDelayMs: z.number().optional(),
  /** From answer to end. */
  durationMs: z.number().optional(),
  cause: z.number().optional(),
  outcome: z.enum(callOutcomes).optional(),
});
export const calls = z.object({ calls: z.array(call) });

const yesOrNo = z.enum(['true', 'false']);

/** Which calls; newest first. */
export const callQuery = z.object({
  since: time.optional(),
  until: time.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  /** Id of an interlink. */
  interlink: z.string().optional(),
  /** Caller or dialed. */
  number: z.string().optional(),
  direction: z.enum(callDirections).optional(),
  outcome: z.enum(callOutcomes).optional(),
  /** Those that were not put through. */
  failed: yesOrNo.optional(),
  inProgress: yesOrNo.optional(),
});

/** Usage over time: the first period begins at `since`. */
export const usageQuery = z.object({
  since: time,
  until: time.optional(),
  /** Length of a period in seconds. */
  period: z.coerce.number().int().min(60).default(3600),
  by: z.enum(['interlink', 'number']).optional(),
  interlink: z.string().optional(),
  number: z.string().optional(),
});
/** The calls that began in one period; periods without calls are left out. */
export const usage = z.object({
  start: time,
  interlinkId: z.string().optional(),
  interlink: z.string().optional(),
  number: z.string().optional(),
  calls: z.number().int(),
  answered: z.number().int(),
  failed: z.number().int(),
  talkedMs: z.number().int(),
  /** Mean and longest of the calls that rang. */
  postDialDelayMs: z.number().int().optional(),
  longestPostDialDelayMs: z.number().int().optional(),
});
export const usages = z.object({ periods: z.array(usage) });

export type CallView = z.infer<typeof call>;
export type UsageView = z.infer<typeof usage>;
export type CallQuery = z.input<typeof callQuery>;
export type UsageQuery = z.input<typeof usageQuery>;
