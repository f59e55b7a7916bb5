import type { InterlinkStore } from './interlink-store.ts';

type InterlinkChanges = Pick<
  InterlinkStore,
  | 'addIssuedKey'
  | 'redeem'
  | 'addRedemption'
  | 'completeRedemption'
  | 'dropRedemption'
  | 'activate'
  | 'rename'
  | 'setPrefix'
  | 'bury'
  | 'movePeer'
>;

/**
 * The changes of interlinks in a store, which tell of each that fails: it may have been made all the same, as when the
 * connection to the database is lost before COMMIT is acknowledged.
 */
export function tellFailedChanges(store: InterlinkChanges, onFailed: (id: string) => void): InterlinkChanges {
  const watch = async <T>(id: string, change: Promise<T>): Promise<T> => {
    try {
      return await change;
    } catch (error) {
      onFailed(id);
      throw error;
    }
  };
  return {
    addIssuedKey: (key) => watch(key.id, store.addIssuedKey(key)),
    redeem: (id, redemption) => watch(id, store.redeem(id, redemption)),
    addRedemption: (redemption) => watch(redemption.id, store.addRedemption(redemption)),
    completeRedemption: (id, answer) => watch(id, store.completeRedemption(id, answer)),
    dropRedemption: (id) => watch(id, store.dropRedemption(id)),
    activate: (id, now) => watch(id, store.activate(id, now)),
    rename: (id, name) => watch(id, store.rename(id, name)),
    setPrefix: (id, prefix) => watch(id, store.setPrefix(id, prefix)),
    bury: (id, now, options) => watch(id, store.bury(id, now, options)),
    movePeer: (id, contact) => watch(id, store.movePeer(id, contact)),
  };
}
