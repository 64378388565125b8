import type { Scope } from '../../../core/arn.ts';
import { idempotencyRecordKey, type StoreReads } from '../../../store/index.ts';
import { idempotencyKey } from './caller.ts';

/** The job that the SubmitJob of the try `key` made, if it came to that; found without calling Batch again. */
export async function submittedJob(reads: StoreReads, scope: Scope, key: string): Promise<string | undefined> {
  const made = await reads.idempotency(scope, idempotencyRecordKey('batch', 'SubmitJob', idempotencyKey(key)));
  return (made?.result as { readonly jobId?: string } | undefined)?.jobId;
}
