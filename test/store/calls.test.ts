import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { call, HOUR, linkId, NOON } from './samples.ts';

describe.each(engines)('call records in $name', ({ use }) => {
  const database = use();

  test('a record comes back as it was saved', async () => {
    const { calls } = await database.open();
    const full = call(1, {
      direction: 'in',
      ringingAt: NOON + 10,
      answeredAt: NOON + 20,
      endedAt: NOON + 30,
      cause: 16,
      outcome: 'answered',
    });
    const bare = call(0, { direction: 'local', interlinkId: undefined, caller: undefined });

    await calls.save(full);
    await calls.save(bare);

    expect(await calls.list({ since: 0, limit: 10 })).toStrictEqual([full, bare]);
  });

  test('saving again replaces all of it, for that direction and channel alone', async () => {
    const { calls } = await database.open();
    const incoming = call(1, { direction: 'in' });
    // As when a peer names one call id for two calls.
    const other = call(1, { channel: 'PJSIP/101-2' });
    const ended = call(1, {
      caller: undefined,
      startedAt: NOON,
      endedAt: NOON,
      cause: 1,
    });
    await calls.save(call(1, { ringingAt: NOON, outcome: 'busy' }));
    await calls.save(incoming);
    await calls.save(other);

    await calls.save(ended);

    const listed = await calls.list({ since: 0, limit: 10 });
    expect(listed).toHaveLength(3);
    expect(listed).toEqual(expect.arrayContaining([incoming, other, ended]));
  });

  test('saves several at once, new ones and those that were there', async () => {
    const { calls } = await database.open();
    await calls.save(call(1));
    const ended = call(1, {
      ringingAt: NOON,
      answeredAt: NOON,
      endedAt: NOON,
      cause: 16,
      outcome: 'answered',
    });
    const redirected = call(2, { interlinkId: undefined, caller: undefined, dialed: '7', startedAt: NOON });
    await calls.save(call(2));

    await calls.save(ended, redirected, call(3));

    expect(await calls.list({ since: 0, limit: 10 })).toStrictEqual([call(3), ended, redirected]);
  });

  test('the list is newest first, starts with `since` and ends with the limit', async () => {
    const { calls } = await database.open();
    for (const number of [3, 1, 4, 2, 0]) {
      await calls.save(call(number));
    }
    const numbers = async (since: number, limit: number): Promise<readonly number[]> =>
      (await calls.list({ since, limit })).map(({ startedAt }) => startedAt - NOON);

    expect(await numbers(NOON + 2, 10)).toStrictEqual([4, 3, 2]);
    expect(await numbers(0, 2)).toStrictEqual([4, 3]);
    expect(await numbers(NOON + 5, 10)).toStrictEqual([]);
  });

  test('of one interlink, of one number, and of those that were not put through', async () => {
    const { calls } = await database.open();
    const busy = call(1, { caller: '101', dialed: '201', outcome: 'busy' });
    const away = call(2, { caller: '102', dialed: '101', outcome: 'peer-away', interlinkId: undefined });
    const up = call(3, { caller: undefined, dialed: '102', interlinkId: 'other' });
    for (const record of [busy, away, up]) await calls.save(record);
    const listed = (filter: object) => calls.list({ since: 0, limit: 10, ...filter });

    expect(await listed({ interlinkId: 'other' })).toStrictEqual([up]);
    expect(await listed({ number: '101' })).toStrictEqual([away, busy]);
    expect(await listed({ failed: true })).toStrictEqual([away]);
    expect(await listed({ failed: true, number: '201' })).toStrictEqual([]);
    expect(await listed({ failed: false })).toHaveLength(3);
  });

  test('of a time, a direction, an outcome, and of those in progress', async () => {
    const { calls } = await database.open();
    const up = call(1, { direction: 'in' });
    const busy = call(2, { outcome: 'busy', endedAt: NOON + 3 });
    const declined = call(3, { outcome: 'declined', endedAt: NOON + 4 });
    for (const record of [up, busy, declined]) await calls.save(record);
    const listed = (filter: object) => calls.list({ since: 0, limit: 10, ...filter });

    expect(await listed({ until: NOON + 2 })).toStrictEqual([up]);
    expect(await listed({ direction: 'in' })).toStrictEqual([up]);
    expect(await listed({ outcome: 'busy' })).toStrictEqual([busy]);
    expect(await listed({ inProgress: true })).toStrictEqual([up]);
    expect(await listed({ inProgress: false })).toStrictEqual([declined, busy]);
  });

  test('usage counts the calls of each period, told apart by interlink or number', async () => {
    const { calls } = await database.open();
    const minute = 60_000;
    const answered = { ringingAt: NOON + 30, answeredAt: NOON + 40, endedAt: NOON + 1040 } as const;
    await calls.save(call(0, { ...answered, outcome: 'answered' }));
    await calls.save(call(10, { ringingAt: NOON + 60, endedAt: NOON + 70, outcome: 'busy' }));
    await calls.save(call(minute, { direction: 'in', caller: '201', dialed: '101', outcome: 'refused' }));
    await calls.save(call(minute + 1, { interlinkId: undefined, caller: undefined, outcome: 'peer-away' }));
    await calls.save(call(2 * minute));
    const query = { since: NOON, until: NOON + 2 * minute, periodMs: minute } as const;

    const first = { start: NOON, calls: 2, answered: 1, failed: 0, talkedMs: 1000 };
    const delays = { postDialDelayMs: 40, longestPostDialDelayMs: 50 };
    const second = { start: NOON + minute, answered: 0, talkedMs: 0 };
    const none = { postDialDelayMs: undefined, longestPostDialDelayMs: undefined };

    expect(await calls.usage({ ...query, by: undefined })).toStrictEqual([
      { ...first, of: undefined, ...delays },
      { ...second, of: undefined, calls: 2, failed: 2, ...none },
    ]);
    for (const [by, name] of [
      ['interlink', linkId(1)],
      ['number', '101'],
    ] as const) {
      const usage = await calls.usage({ ...query, by });
      expect(usage).toHaveLength(3);
      expect(usage).toEqual(
        expect.arrayContaining([
          { ...first, of: name, ...delays },
          { ...second, of: name, calls: 1, failed: 1, ...none },
          { ...second, of: undefined, calls: 1, failed: 1, ...none },
        ]),
      );
    }
    expect(await calls.usage({ ...query, by: undefined, interlinkId: linkId(2) })).toStrictEqual([]);
    expect(await calls.usage({ ...query, by: undefined, number: '201' })).toHaveLength(2);
  });

  test('usage of many days and of periods longer than one has all of it', async () => {
    const { calls } = await database.open();
    const day = 24 * HOUR;
    for (const at of [0, day - 1, day, 40 * day, 45 * day]) await calls.save(call(at));
    const counted = async (days: number) =>
      (await calls.usage({ since: NOON, until: NOON + 45 * day, periodMs: days * day, by: undefined })).map(
        ({ start, calls: number }) => [(start - NOON) / day, number],
      );

    expect(await counted(1)).toStrictEqual([
      [0, 2],
      [1, 1],
      [40, 1],
    ]);
    expect(await counted(30)).toStrictEqual([
      [0, 3],
      [30, 1],
    ]);
  });

  test('days without calls cost usage no time', async () => {
    const { calls } = await database.open();
    await calls.save(call(0));
    const [since, until] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T00:00:00Z')];

    const usage = await calls.usage({ since, until, periodMs: until - since, by: undefined });

    expect(usage).toMatchObject([{ start: since, calls: 1 }]);
  }, 5000);

  test('usage of a period of many days is the sum and the mean of all of them', async () => {
    const { calls } = await database.open();
    const day = 24 * HOUR;
    await calls.save(call(0, { answeredAt: NOON + 10, endedAt: NOON + 30, outcome: 'answered' }));
    for (const [at, ms] of [
      [1, 20],
      [day, 60],
      [2 * day, 10],
    ] as const) {
      await calls.save(call(at, { ringingAt: NOON + at + ms, outcome: 'busy' }));
    }
    await calls.save(call(3 * day, { outcome: 'refused' }));

    const usage = await calls.usage({ since: NOON, until: NOON + 4 * day, periodMs: 7 * day, by: 'number' });

    expect(usage).toStrictEqual([
      {
        start: NOON,
        of: '101',
        calls: 5,
        answered: 1,
        failed: 1,
        talkedMs: 20,
        postDialDelayMs: 25,
        longestPostDialDelayMs: 60,
      },
    ]);
  });

  test('calls without an end are open, oldest first', async () => {
    const { calls } = await database.open();
    await calls.save(call(3));
    await calls.save(call(2, { endedAt: NOON + 2 }));
    await calls.save(call(1, { answeredAt: NOON + 1 }));

    const open = await calls.open();

    expect(open.map(({ callId }) => callId)).toStrictEqual(['call-1', 'call-3']);
    await calls.save(call(1, { endedAt: NOON + 4 }));
    expect(await calls.open()).toStrictEqual([call(3)]);
  });

  test('calls that began before a time and have ended are pruned, and nothing else', async () => {
    const { calls } = await database.open();
    const ended = { endedAt: NOON + HOUR };
    const twin = { callId: 'call-1', channel: 'PJSIP/101-00000002' };
    const kept = [call(3, ended), call(2, { ...ended, ...twin }), call(0)];
    for (const record of [call(1, ended), ...kept]) await calls.save(record);

    await calls.prune(NOON + 2);

    expect(await calls.list({ since: 0, limit: 10 })).toStrictEqual(kept);
  });

  test('others have their turn while many calls are pruned', async () => {
    const { calls } = await database.open();
    const records = Array.from({ length: 450 }, (_none, index) => call(index, { endedAt: NOON }));
    for (let from = 0; from < records.length; from += 50) await calls.save(...records.slice(from, from + 50));
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);

    await calls.prune(NOON + HOUR).finally(() => clearInterval(others));

    expect(await calls.list({ since: 0, limit: 1 })).toStrictEqual([]);
    expect(turns).toBeGreaterThan(1);
  });
});
