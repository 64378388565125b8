import { isTerminal, jobStatuses } from '../../../core/job.ts';
import type { JobListQuery, Store } from '../../../store/index.ts';
import type { JobQueueRecord } from '../records.ts';
import type { Yard } from '../yard/index.ts';

const active = jobStatuses.filter((status) => !isTerminal(status));
/** Jobs ended in one turn: each may make several transitions, and a turn makes at most 500. */
const sliceSize = 100;

/**
 * Asks every job of a queue that is being deleted to end. Takes them from the store slice by slice, newest first; each
 * slice waits until the one before is durable, so that a crash loses nothing but work not yet begun.
 */
export async function endQueueJobs(store: Store, yard: Yard, queue: JobQueueRecord): Promise<void> {
  let after: JobListQuery['after'];
  for (;;) {
    const { jobs, next } = await store.reads.listJobs({
      jobQueueArn: queue.arn,
      statuses: active,
      limit: sliceSize,
      ...(after ? { after } : {}),
    });
    for (const { jobId } of jobs) yard.terminate(jobId, `Job queue ${queue.name} was deleted.`);
    await store.settled();
    if (!next) return;
    after = next;
  }
}
