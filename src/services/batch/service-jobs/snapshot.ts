import type { GetJobQueueSnapshotResponse } from '@aws-sdk/client-batch';
import type { ServiceJobRecord } from '../../../store/index.ts';
import { serviceJobArn } from '../names.ts';
import type { JobQueueRecord } from '../records.ts';
import { hasQuotaShares, quotaSharesOf } from '../resources/quota-share.ts';
import type { BatchRuntime } from '../runtime.ts';

/**
 * The front of a queue of service jobs, and of each of its quota shares. Each stands where it does since it came, as far as anybody
 * could tell: none ever starts, nor uses anything.
 */
export async function serviceSnapshot(
  { ledger, store, clock }: BatchRuntime,
  queue: JobQueueRecord,
  limit: number,
): Promise<GetJobQueueSnapshotResponse> {
  const front = (quotaShareName: string | undefined, most: number) =>
    store.reads.waitingServiceJobs({
      jobQueueArn: queue.arn,
      ...(quotaShareName === undefined ? {} : { quotaShareName }),
      limit: most,
    });
  const lastUpdatedAt = clock.now();
  const jobs = (await front(undefined, limit)).map(place);
  const queueUtilization = { totalCapacityUsage: [], lastUpdatedAt };
  if (!hasQuotaShares(ledger, queue)) return { frontOfQueue: { jobs, lastUpdatedAt }, queueUtilization };
  const quotaShares: Record<string, ReturnType<typeof place>[]> = {};
  for (const { name } of quotaSharesOf(ledger, queue)) quotaShares[name] = (await front(name, 1)).map(place);
  return {
    frontOfQueue: { jobs, lastUpdatedAt },
    frontOfQuotaShares: { quotaShares, lastUpdatedAt },
    queueUtilization: { ...queueUtilization, quotaShareUtilization: { topCapacityUtilization: [] } },
  };
}

function place(job: ServiceJobRecord) {
  return { jobArn: serviceJobArn(job, job.jobId), earliestTimeAtPosition: job.createdAt };
}
