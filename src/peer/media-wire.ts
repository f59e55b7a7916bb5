import { z } from 'zod';
import type { MediaFigures } from '../domain/media-figures.ts';
import { parseJson } from './json.ts';
import { ticket } from './wire.ts';

const count = z.number().int().nonnegative().optional();

const figures = z.object({
  received: count,
  sent: count,
  target: z
    .string()
    .regex(/^[0-9A-Fa-f.:[\]]{3,60}$/)
    .optional(),
  codec: z.string().regex(/^[\w|]{0,60}$/),
});

const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ready'), ticket }),
  z.object({ status: z.literal('busy') }),
]);

const report = z.discriminatedUnion('status', [
  z.object({ status: z.literal('measured'), figures }),
  z.object({ status: z.literal('unknown') }),
]);

export type MediaTestAnswer = z.infer<typeof answer>;

export function readMediaTestAnswer(body: Uint8Array): MediaTestAnswer | undefined {
  return answer.safeParse(parseJson(body)).data;
}

/** @returns the ticket that is asked about */
export function readMediaReportQuery(body: Uint8Array): string | undefined {
  return z.object({ ticket }).safeParse(parseJson(body)).data?.ticket;
}

export function readMediaReport(body: Uint8Array): MediaFigures | undefined {
  const { data } = report.safeParse(parseJson(body));
  if (data?.status !== 'measured') return undefined;
  const { received, sent, target, codec } = data.figures;
  return { received, sent, target, codec };
}
