import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { NOON } from './samples.ts';

describe.each(engines)('seen requests in $name', ({ use }) => {
  const database = use();

  test('an id is new once, also after a restart', async () => {
    const store = await database.open();

    expect(await store.seenRequests.remember('a', NOON)).toBe(true);
    expect(await store.seenRequests.remember('b', NOON)).toBe(true);
    expect(await store.seenRequests.remember('a', NOON + 1)).toBe(false);
    await store.close();

    const reopened = await database.open();
    expect(await reopened.seenRequests.remember('a', NOON)).toBe(false);
  });

  test('an id is new to one of 20 that ask at once', async () => {
    const { seenRequests } = await database.open();

    const outcomes = await Promise.all(Array.from({ length: 20 }, () => seenRequests.remember('a', NOON)));

    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  test('what expired is forgotten, and nothing else', async () => {
    const { seenRequests } = await database.open();
    await seenRequests.remember('earlier', NOON - 1);
    await seenRequests.remember('now', NOON);
    await seenRequests.remember('later', NOON + 1);

    await seenRequests.prune(NOON);

    expect(await seenRequests.remember('earlier', NOON)).toBe(true);
    expect(await seenRequests.remember('now', NOON)).toBe(true);
    expect(await seenRequests.remember('later', NOON)).toBe(false);
  });
});
