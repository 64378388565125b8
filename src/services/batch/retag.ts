import type { Scope } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import type { Tags } from '../../store/index.ts';
import type { BatchRuntime } from './runtime.ts';
import { findTagged, notFound } from './tagged-resource.ts';

/** Makes a resource's new tags from its present ones. */
export type Retag = (tags: Tags) => Tags;

/** Changes the tags of what `arn` names. Changes of one job follow each other: each reads what the one before wrote. */
export function retag(runtime: BatchRuntime, scope: Scope, arn: string, change: Retag): void | Promise<void> {
  const found = findTagged(runtime.ledger, scope, arn);
  if (found.kind === 'job') {
    return runtime.tagTurns.take(found.jobId, () => retagJob(runtime, scope, found.jobId, arn, change));
  }
  const tags = change(found.record.tags);
  runtime.ledger.transact((transaction) => found.put(transaction, tags));
}

async function retagJob(runtime: BatchRuntime, scope: Scope, jobId: JobId, arn: string, change: Retag): Promise<void> {
  const place = { account: scope.account, region: scope.region };
  const [job] = await runtime.store.reads.jobs(place, [jobId]);
  if (!job) return notFound(arn);
  const tags = change(job.record.tags);
  runtime.ledger.transact((transaction) => transaction.add({ kind: 'job.tag', scope: place, jobId, tags }));
}
