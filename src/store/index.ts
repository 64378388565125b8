export type { BeforeWrite } from './commit-queue.ts';
export type * from './contract.ts';
export { type DueItem, type DueKind, type DueOutcome, timeLeft } from './due-kind.ts';
export { DueLanes } from './due-lanes.ts';
export { DueWork, type DueWorkOptions } from './due-work.ts';
export type { Consequence, FactConsumer } from './fact-pump.ts';
export type { DeliveredFact } from './fact-slice.ts';
export type * from './facts.ts';
export type { OnAside } from './facts-aside.ts';
export { idempotencyTrim } from './idempotency-trim.ts';
export type { LaneTry } from './lane-visit.ts';
export type * from './lanes.ts';
export { Ledger, type LedgerOptions } from './ledger.ts';
export { type MemoryStoreOptions, openMemoryStore } from './memory/store.ts';
export type * from './metric-points.ts';
export { StoreUnavailable } from './open-error.ts';
export { type FactLog, Outbox, type OutboxOptions } from './outbox.ts';
export type * from './queue-messages.ts';
export {
  type AnyRecordType,
  defineRecord,
  type RecordDefinition,
  type RecordIndex,
  type RecordType,
  type StoredRecord,
} from './record-type.ts';
export type * from './records.ts';
export { idempotencyRecordKey } from './records.ts';
export type * from './service-jobs.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/store.ts';
export type { LedgerFailure, Transaction } from './transaction.ts';
export { fromVersionedText, toVersionedText } from './versioned-json.ts';
export { withLead } from './with-lead.ts';
