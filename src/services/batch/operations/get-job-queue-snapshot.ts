import type { GetJobQueueSnapshotCommandInput, GetJobQueueSnapshotCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { arnReferred, findJobQueue, jobArn, jobQueueArn, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import { serviceSnapshot } from '../service-jobs/snapshot.ts';
import { queuePlatform } from '../submission/target.ts';
import { resourceTagConditions } from '../tags.ts';

/** AWS shows so many jobs. */
const frontSize = 100;

/** Shows the first RUNNABLE jobs of a queue as they are to start, and what its jobs hold (spec 09, 2024-06-03 and 2026-02-11). */
export const getJobQueueSnapshot = batchOperation<GetJobQueueSnapshotCommandInput, GetJobQueueSnapshotCommandOutput>()({
  schema: z.object({ jobQueue: z.string() }),
  readOnly: true,
  audit: 'management',
  access: ({ jobQueue }, context, { ledger }) => {
    const named = textOf(jobQueue) ?? '*';
    const conditions = resourceTagConditions(findJobQueue(ledger, context, named)?.tags);
    return [{ action: 'batch:GetJobQueueSnapshot', resource: jobQueueArn(context, nameIn(named)), conditions }];
  },
  handler: (runtime, { jobQueue }, context) => {
    const { ledger, yard, clock } = runtime;
    const queue = findJobQueue(ledger, context, jobQueue);
    if (!queue) return refuse(`${arnReferred(jobQueue, (name) => jobQueueArn(context, name))} does not exist`);
    if (queue.serviceEnvironmentOrder) return serviceSnapshot(runtime, queue, frontSize);
    const { front, vcpus: quantity } = yard.snapshot(queue.arn, frontSize);
    const lastUpdatedAt = clock.now();
    const capacityUnit = queuePlatform(ledger, queue) === 'EKS' ? 'cpu' : 'VCPU';
    return {
      frontOfQueue: {
        jobs: front.map(({ jobId, at }) => ({ jobArn: jobArn(context, jobId), earliestTimeAtPosition: at })),
        lastUpdatedAt,
      },
      queueUtilization: { totalCapacityUsage: [{ capacityUnit, quantity }], lastUpdatedAt },
    };
  },
});
