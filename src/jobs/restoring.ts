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
  const before = map.get(key);
  // One look for what is there, as most is; a value may be undefined.
  const isThere = before !== undefined || map.has(key);
  transaction.onRollback(() => {
    if (isThere) map.set(key, before as Value);
    else map.delete(key);
  });
}
