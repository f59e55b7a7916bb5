import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { call, NOON } from './samples.ts';

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
});
