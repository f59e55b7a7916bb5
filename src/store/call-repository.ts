import type { Insertable, Kysely, Selectable } from 'kysely';
import type { CallFilter, CallStore } from '../calls/call-store.ts';
import { failedOutcomes, type CallRecord } from '../domain/call.ts';
import type { CallTable, Schema } from './schema.ts';

export class CallRepository implements CallStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async save(record: CallRecord): Promise<void> {
    const row = toRow(record);
    await this.#db
      .insertInto('calls')
      .values(row)
      .onConflict((conflict) => conflict.columns(['call_id', 'direction', 'channel']).doUpdateSet(row))
      .execute();
  }

  async list({ since, limit, interlinkId, number, failed }: CallFilter): Promise<readonly CallRecord[]> {
    const rows = await this.#db
      .selectFrom('calls')
      .selectAll()
      .where('started_at', '>=', since)
      .$if(interlinkId !== undefined, (calls) => calls.where('interlink_id', '=', interlinkId ?? null))
      .$if(number !== undefined, (calls) =>
        calls.where((eb) => eb.or([eb('caller', '=', number ?? null), eb('dialed', '=', number ?? '')])),
      )
      .$if(failed === true, (calls) => calls.where('outcome', 'in', failedOutcomes))
      .orderBy('started_at', 'desc')
      .orderBy('call_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toRecord);
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
