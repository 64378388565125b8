import type { JobTransaction } from './transaction.ts';

/** If the transaction throws, `key` is again what it is now. */
export function restoring<Key, Value>(transaction: JobTransaction, map: Map<Key, Value>, key: Key): void {
  const isThere = map.has(key);
  const before = map.get(key) as Value;
  transaction.onRollback(() => {
    if (isThere) map.set(key, before);
    else map.delete(key);
  });
}
