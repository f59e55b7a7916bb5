import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InterlinkRegistry } from '../../src/interlinks/interlink-registry.ts';
import { RestoreWatch } from '../../src/interlinks/restore-watch.ts';
import { silentLogger } from '../../src/interlinks/testing/samples.ts';
import type { Store } from '../../src/store/index.ts';
import { engines } from './engines.ts';
import { identity, issuedKey, linkId, NOON, redeemer } from './samples.ts';

const lost = { tag: 'L'.repeat(22), madeAt: NOON + 100 };

const changes = [
  ['redeeming a key', ({ interlinks }: Store) => interlinks.redeem(linkId(1), redeemer(1))],
  ['activating an interlink', ({ interlinks }: Store) => interlinks.activate(linkId(2), NOON)],
  ['revoking a key', ({ interlinks }: Store) => interlinks.bury(linkId(1), NOON, { tellPeer: true })],
] as const;

async function prepare({ interlinks }: Store): Promise<void> {
  await interlinks.addIssuedKey(issuedKey(1));
  await interlinks.addIssuedKey(issuedKey(2));
  await interlinks.redeem(linkId(2), redeemer(2));
}

/** Does what a service does with its database from its start. */
async function watchOver({
  history: store,
  interlinks,
}: Store): Promise<{ registry: InterlinkRegistry; watch: RestoreWatch }> {
  const registry = new InterlinkRegistry(interlinks);
  await registry.load();
  const watch = new RestoreWatch({ store, registry, identity: identity(1), logger: silentLogger });
  await watch.start();
  return { registry, watch };
}

describe.each(engines)('the history in $name', ({ use }) => {
  const database = use();

  test.each(changes)('%s makes a mark, later than the one before', async (_, change) => {
    const store = await database.open();
    await prepare(store);
    const before = await store.history.latestMark();

    await change(store);
    const after = await store.history.latestMark();
    await change(store);

    expect(after?.madeAt).toBeGreaterThan(before?.madeAt ?? Infinity);
    expect(await store.history.latestMark()).toStrictEqual(after);
    expect(await store.history.adoptMark(after ?? lost)).toBeUndefined();
  });

  test('a lost mark takes the unredeemed keys from before it, for good and once', async () => {
    const store = await database.open();
    await prepare(store);
    const newer = issuedKey(3, { createdAt: lost.madeAt + 1 });
    await store.interlinks.addIssuedKey(newer);

    const keys = await store.history.adoptMark(lost);

    expect(keys?.map(({ id }) => id)).toStrictEqual([linkId(1)]);
    expect(await store.history.adoptMark(lost)).toBeUndefined();
    await store.close();
    const { interlinks } = await database.open();
    expect(await interlinks.find(linkId(1))).toMatchObject({ issuedBeforeRestore: true });
    expect(await interlinks.redeem(linkId(1), redeemer(1))).toStrictEqual({ kind: 'used' });
    expect(await interlinks.find(linkId(2))).not.toHaveProperty('issuedBeforeRestore');
    expect(await interlinks.redeem(newer.id, redeemer(3))).toStrictEqual({ kind: 'redeemed' });
    expect(await interlinks.bury(linkId(1), NOON, { tellPeer: true })).toBe(true);
  });

  test('the next change is later than a mark that was lost', async () => {
    const store = await database.open();
    await prepare(store);
    await store.history.adoptMark({ ...lost, madeAt: NOON + 10_000 });

    await store.interlinks.activate(linkId(2), NOON);

    expect((await store.history.latestMark())?.madeAt).toBe(NOON + 10_001);
  });

  test("peers' marks are kept until the interlink ends", async () => {
    const store = await database.open();
    await prepare(store);
    await store.history.rememberPeerMark(linkId(2), 'old');
    await store.history.rememberPeerMark(linkId(2), 'new');
    await store.close();

    const { history, interlinks } = await database.open();

    expect(await history.peerMarks()).toStrictEqual(new Map([[linkId(2), 'new']]));
    await interlinks.bury(linkId(2), NOON, { tellPeer: true });
    expect(await history.peerMarks()).toStrictEqual(new Map());
  });

  test('a database that alone was put back is noticed at the start', async () => {
    const store = await database.open();
    await prepare(store);
    const { registry, watch } = await watchOver(store);
    await store.interlinks.activate(linkId(2), NOON);
    await registry.refresh(linkId(2));
    await watch.stop();
    await store.close();
    const reopened = await database.open();
    await watchOver(reopened);
    expect(await reopened.interlinks.find(linkId(1))).not.toHaveProperty('issuedBeforeRestore');
    await reopened.close();

    await database.execute(
      `delete from change_marks where made_at = (select max(made_at) from change_marks)`,
    );
    const restored = await database.open();
    await watchOver(restored);

    expect(await restored.interlinks.find(linkId(1))).toMatchObject({ issuedBeforeRestore: true });
  });

  test('what is noted lies beside the database, for this user alone', async () => {
    const { history } = await database.open();
    expect(await history.notedMark()).toBeUndefined();

    await history.noteMark('first');
    await history.noteMark('second');

    expect(await history.notedMark()).toBe('second');
    const { mode } = await stat(join(database.options.dataDir, 'change.mark'));
    expect(mode & 0o777).toBe(0o600);
  });
});
