import type { Scope } from '../core/arn.ts';
import type { JobId } from '../core/ids.ts';
import type { ArrayChildRecord, JobRecord, JobState, NodeRecord } from '../core/job-record.ts';
import type { JobSpecification } from '../core/job-specification.ts';
import type { UsageRecord } from '../core/usage.ts';

/** What of jobs is written. */
export type JobChange =
  | { readonly kind: 'job.insert'; readonly record: JobRecord; readonly specification: JobSpecification }
  | {
      readonly kind: 'job.update';
      readonly scope: Scope;
      readonly jobId: JobId;
      readonly state: JobState;
      readonly order?: number;
    }
  /** Coalesced by number in its batch, and encoded once when that closes: `encode` tells the bits as they then are. */
  | { readonly kind: 'arrayBits.put'; readonly number: number; readonly encode: () => Uint8Array }
  | { readonly kind: 'arrayChild.put'; readonly record: ArrayChildRecord }
  | { readonly kind: 'node.put'; readonly record: NodeRecord }
  /** What an attempt took that has ended. */
  | { readonly kind: 'usage.add'; readonly record: UsageRecord };

/** The caller's transaction: all that is done in it happens, or nothing of it. */
export interface JobTransaction {
  add(change: JobChange): void;
  /** Runs if the work throws, newest first. */
  onRollback(undo: () => void): void;
  /** Runs when the work has returned, in order. */
  onAccepted(apply: () => void): void;
  /** Runs once the changes are durable. */
  onCommitted(effect: () => void): void;
}
