export type * from './contract.ts';
export { Ledger, type Transaction } from './ledger.ts';
export { type MemoryStoreOptions, openMemoryStore } from './memory/store.ts';
export { StoreUnavailable } from './open-error.ts';
export { Outbox, type OutboxOptions, type TransitionConsumer } from './outbox.ts';
export type * from './records.ts';
export { idempotencyRecordKey, resourceKey } from './records.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/store.ts';
