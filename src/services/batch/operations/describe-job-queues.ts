import type { DescribeJobQueuesCommandInput, DescribeJobQueuesCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { findJobQueue } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { describedItems } from '../page.ts';
import { type JobQueueRecord, jobQueueRecords } from '../records.ts';
import { paging, strings } from '../schema-members.ts';
import { queuePlatform } from '../submission/target.ts';
import { jobQueueDetail } from '../views/job-queue.ts';

/** Describes job queues by name or ARN, or all of them, a page at a time. Unknown ones are left out. */
export const describeJobQueues = batchOperation<DescribeJobQueuesCommandInput, DescribeJobQueuesCommandOutput>()({
  schema: z.object({ jobQueues: strings.optional(), ...paging }),
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeJobQueues'),
  handler: ({ ledger, quotas }, input, context) => {
    const page = describedItems<JobQueueRecord>({
      kind: 'JobQueues',
      references: input.jobQueues,
      limit: quotas.describedPerCall,
      request: input,
      find: (reference) => findJobQueue(ledger, context, reference),
      all: () => ledger.list(jobQueueRecords, context),
      keyOf: ({ name }) => name,
    });
    return {
      jobQueues: page.items.map((record) => jobQueueDetail(record, queuePlatform(ledger, record))),
      nextToken: page.nextToken,
    };
  },
});
