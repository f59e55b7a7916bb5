import { setImmediate } from 'node:timers/promises';
import {
  CompiledQuery,
  sql,
  type ExpressionBuilder,
  type Insertable,
  type Kysely,
  type RawBuilder,
  type Selectable,
} from 'kysely';
import type { CallFilter, CallStore, Usage, UsageQuery } from '../calls/call-store.ts';
import { failedOutcomes, type CallRecord } from '../domain/call.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import type { CallTable, Schema } from './schema.ts';
import { UsageSums, type UsagePart } from './usage-sums.ts';

const dayMs = 86_400_000;

export class CallRepository implements CallStore {
  readonly #db: Kysely<Schema>;
  readonly #unsynced: Database['unsynced'];
  /** SQL by how many rows it writes: to build it takes longer than to run it, and every call does several times. */
  readonly #upserts = new Map<number, string>();

  constructor(db: Kysely<Schema>, unsynced: Database['unsynced']) {
    this.#db = db;
    this.#unsynced = unsynced;
  }

  /** Calls end with the machine's power, so that their records need not outlast its loss by all means. */
  async save(...records: readonly CallRecord[]): Promise<void> {
    const rows = records.map(toRow);
    const upsert = this.#upserts.get(rows.length) ?? upsertOf(this.#db, rows);
    this.#upserts.set(rows.length, upsert);
    const values = rows.flatMap((row) => Object.values(row));
    await this.#unsynced(async (db) => void (await db.executeQuery(CompiledQuery.raw(upsert, values))));
  }

  async list({ since, limit, ...filter }: CallFilter): Promise<readonly CallRecord[]> {
    const { until, interlinkId, number, direction, outcome, failed, inProgress } = filter;
    let calls = this.#db.selectFrom('calls').selectAll().where('started_at', '>=', since);
    if (until !== undefined) calls = calls.where('started_at', '<', until);
    if (interlinkId !== undefined) calls = calls.where('interlink_id', '=', interlinkId);
    if (number !== undefined) calls = calls.where(isOfNumber(number));
    if (direction !== undefined) calls = calls.where('direction', '=', direction);
    if (outcome !== undefined) calls = calls.where('outcome', '=', outcome);
    if (failed === true) calls = calls.where('outcome', 'in', failedOutcomes);
    if (inProgress !== undefined) calls = calls.where('ended_at', inProgress ? 'is' : 'is not', null);
    const rows = await calls.orderBy('started_at', 'desc').orderBy('call_id', 'desc').limit(limit).execute();
    return rows.map(toRecord);
  }

  /** Day by day: SQLite keeps the whole service waiting while it counts a month of calls. */
  async usage(query: UsageQuery): Promise<readonly Usage[]> {
    const sums = new UsageSums();
    let from = await this.#nextStart(query.since);
    while (from !== undefined && from < query.until) {
      const until = Math.min(from + dayMs, query.until);
      for (const part of await this.#usageOf(query, from, until)) sums.add(part);
      await setImmediate();
      from = await this.#nextStart(until);
    }
    return sums.usages();
  }

  /** When the first call from then on started, so that times without calls cost nothing, however long. */
  async #nextStart(from: number): Promise<number | undefined> {
    const next = await this.#db
      .selectFrom('calls')
      .select('started_at')
      .where('started_at', '>=', from)
      .orderBy('started_at')
      .limit(1)
      .executeTakeFirst();
    return next?.started_at;
  }

  async #usageOf(query: UsageQuery, from: number, until: number): Promise<readonly UsagePart[]> {
    const { by, interlinkId, number } = query;
    const start = periodOf(query);
    const of = groups[by ?? 'none'];
    let calls = this.#db.selectFrom('calls').where('started_at', '>=', from).where('started_at', '<', until);
    if (interlinkId !== undefined) calls = calls.where('interlink_id', '=', interlinkId);
    if (number !== undefined) calls = calls.where(isOfNumber(number));
    return await calls
      .select(({ fn }) => [
        start.as('start'),
        of.as('of'),
        fn.countAll<number>().as('calls'),
        whole<number>(sql`sum(case when answered_at is not null then 1 else 0 end)`).as('answered'),
        whole<number>(sql`sum(case when outcome in (${sql.join(failedOutcomes)}) then 1 else 0 end)`).as(
          'failed',
        ),
        whole<number>(sql`coalesce(sum(ended_at - answered_at), 0)`).as('talked'),
        whole<number>(sql`count(coalesce(ringing_at, answered_at))`).as('rang'),
        whole<number | null>(sql`sum(coalesce(ringing_at, answered_at) - started_at)`).as('delay'),
        whole<number | null>(sql`max(coalesce(ringing_at, answered_at) - started_at)`).as('longest'),
      ])
      .groupBy([start, of])
      .orderBy(start)
      .execute();
  }

  async open(): Promise<readonly CallRecord[]> {
    const rows = await this.#db
      .selectFrom('calls')
      .selectAll()
      .where('ended_at', 'is', null)
      .orderBy('started_at')
      .orderBy('call_id')
      .execute();
    return rows.map(toRecord);
  }

  /** Removes the records of calls that began before a time and have ended. @param before milliseconds since the epoch */
  async prune(before: number): Promise<void> {
    const old = this.#db
      .selectFrom('calls')
      .select(['call_id', 'direction', 'channel'])
      .where('started_at', '<', before)
      .where('ended_at', 'is not', null)
      .orderBy('started_at');
    await inBatches((most) =>
      this.#db
        .deleteFrom('calls')
        .where((eb) =>
          eb(
            eb.refTuple('call_id', 'direction', 'channel'),
            'in',
            old.limit(most).$asTuple('call_id', 'direction', 'channel'),
          ),
        )
        .executeTakeFirstOrThrow(),
    );
  }
}

/** The values of the rows, in their order, are its parameters. */
function upsertOf(db: Kysely<Schema>, rows: readonly Insertable<CallTable>[]): string {
  return db
    .insertInto('calls')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['call_id', 'direction', 'channel']).doUpdateSet((eb) => ({
        interlink_id: eb.ref('excluded.interlink_id'),
        caller: eb.ref('excluded.caller'),
        dialed: eb.ref('excluded.dialed'),
        started_at: eb.ref('excluded.started_at'),
        ringing_at: eb.ref('excluded.ringing_at'),
        answered_at: eb.ref('excluded.answered_at'),
        ended_at: eb.ref('excluded.ended_at'),
        cause: eb.ref('excluded.cause'),
        outcome: eb.ref('excluded.outcome'),
      })),
    )
    .compile().sql;
}

/** The same text wherever it stands in a query: PostgreSQL takes two parameters for two values. */
function periodOf({ since, periodMs }: UsageQuery): RawBuilder<number> {
  return whole(sql`started_at - (started_at - ${sql.lit(since)}) % ${sql.lit(periodMs)}`);
}

const groups = {
  interlink: sql<string | null>`interlink_id`,
  number: sql<string | null>`case when direction = 'in' then dialed else caller end`,
  none: sql<string | null>`cast(null as text)`,
} as const;

/** PostgreSQL gives sums and means in a type that arrives as text. */
function whole<T extends number | null>(expression: RawBuilder<unknown>): RawBuilder<T> {
  return sql<T>`cast(${expression} as bigint)`;
}

function isOfNumber(number: string) {
  return (eb: ExpressionBuilder<Schema, 'calls'>) =>
    eb.or([eb('caller', '=', number), eb('dialed', '=', number)]);
}

function toRow(record: CallRecord): Insertable<CallTable> {
  return {
    call_id: record.callId,
    direction: record.direction,
    interlink_id: record.interlinkId ?? null,
    caller: record.caller ?? null,
    dialed: record.dialed,
    channel: record.channel,
    started_at: record.startedAt,
    ringing_at: record.ringingAt ?? null,
    answered_at: record.answeredAt ?? null,
    ended_at: record.endedAt ?? null,
    cause: record.cause ?? null,
    outcome: record.outcome ?? null,
  };
}

function toRecord(row: Selectable<CallTable>): CallRecord {
  return {
    callId: row.call_id,
    direction: row.direction,
    interlinkId: row.interlink_id ?? undefined,
    caller: row.caller ?? undefined,
    dialed: row.dialed,
    channel: row.channel,
    startedAt: row.started_at,
    ringingAt: row.ringing_at ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    cause: row.cause ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
