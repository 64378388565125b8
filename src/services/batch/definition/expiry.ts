import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { DueItem, DueKind } from '../../../store/index.ts';
import { type JobDefinitionRecord, jobDefinitionRecords } from '../records.ts';

/** How long a deregistered definition stays describable. */
const retention: Milliseconds = 180 * 24 * 60 * 60_000;
/** Definitions deleted in one transaction. */
const sliceSize = 200;

interface Expiry extends Scope {
  /** Of the definition: `name:revision`. */
  readonly key: string;
}

/** Deletes a definition when its time is over. */
export const definitionExpiry: DueKind<Expiry> = {
  kind: 'batch.definition-expiry',
  atOnce: sliceSize,
  perform: async ({ body }) => ({
    kind: 'done',
    consequence: (transaction) => transaction.delete(jobDefinitionRecords, body, body.key),
  }),
};

/** The end of a definition that is deregistered now. */
export function expiryOf(record: JobDefinitionRecord, now: EpochMilliseconds): DueItem<Expiry> {
  const body = { ...scopeOf(record), key: jobDefinitionRecords.keyOf(record) };
  return { key: record.arn, dueAt: now + retention, body };
}
