import { z } from 'zod';
import type { CallFilter } from '../../calls/call-store.ts';
import { fail, ok } from '../../domain/failure.ts';
import { callQuery, calls, usageQuery, usages, type CallView } from '../call-schema.ts';
import { callsAsCsv } from '../csv.ts';
import type { AdminDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { viewCall, viewUsage } from '../call-views.ts';

const mostPeriods = 2000;

/** The records of calls, and what they add up to. */
export function callOperations(deps: AdminDeps): readonly Operation[] {
  return [
    operation({
      method: 'GET',
      path: '/calls',
      summary: 'Calls, live and past, newest first',
      query: callQuery,
      answer: calls,
      handle: async ({ query }) => ok({ calls: [...(await findCalls(deps, query))] }),
    }),
    operation({
      method: 'GET',
      path: '/calls.csv',
      summary: 'The same as a table for spreadsheets (RFC 4180)',
      query: callQuery,
      answer: z.string(),
      contentType: 'text/csv; charset=utf-8; header=present',
      handle: async ({ query }) => ok(callsAsCsv(await findCalls(deps, query))),
    }),
    operation({
      method: 'GET',
      path: '/usage',
      summary: 'How many calls there were over time, how they went, and how soon they rang',
      query: usageQuery,
      answer: usages,
      handle: async ({ query: { since, until, period, by, interlink, number } }) => {
        const from = Date.parse(since);
        const to = until === undefined ? deps.now() : Date.parse(until);
        const periodMs = period * 1000;
        if ((to - from) / periodMs > mostPeriods) {
          return fail(
            'request-invalid',
            `That would be more than ${mostPeriods} periods.`,
            'Ask for longer periods, or a shorter time.',
          );
        }
        const used = await deps.calls.usage({
          since: from,
          until: to,
          periodMs,
          by,
          interlinkId: interlink,
          number,
        });
        const nameOf = await namesOf(deps, by === 'interlink' ? used.map(({ of }) => of) : []);
        return ok({ periods: used.map((one) => viewUsage(one, by, nameOf)) });
      },
    }),
  ];
}

/** The calls that a query is for. */
async function findCalls(
  deps: Pick<AdminDeps, 'calls' | 'interlinkName'>,
  { since, until, interlink, failed, inProgress, ...query }: z.output<typeof callQuery>,
): Promise<readonly CallView[]> {
  const filter: CallFilter = {
    ...query,
    since: since === undefined ? 0 : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
    interlinkId: interlink,
    failed: failed === 'true',
    inProgress: inProgress === undefined ? undefined : inProgress === 'true',
  };
  const records = await deps.calls.list(filter);
  const nameOf = await namesOf(
    deps,
    records.map(({ interlinkId }) => interlinkId),
  );
  return records.map((record) => viewCall(record, nameOf));
}

async function namesOf(
  { interlinkName }: Pick<AdminDeps, 'interlinkName'>,
  ids: readonly (string | undefined)[],
): Promise<(id: string) => string> {
  const different = new Set(ids.filter((id) => id !== undefined));
  const names = new Map(
    await Promise.all(Array.from(different, async (id) => [id, await interlinkName(id)] as const)),
  );
  return (id) => names.get(id) ?? id;
}
