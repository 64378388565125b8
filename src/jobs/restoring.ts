import type { JobTransaction } from './transaction.ts';

/** What holds values by key, however it does. */
export interface Keyed<Key, Value> {
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
}

/** If the transaction throws, `key` is again what it is now. */
export function restoring<Key, Value>(transaction: JobTransaction, map: Keyed<Key, Value>, key: Key): void {
  const isThere = map.has(key);
  const before = map.get(key) as Value;
  transaction.onRollback(() => {
    if (isThere) map.set(key, before);
    else map.delete(key);
  });
}
