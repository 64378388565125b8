import type { DescribeServiceJobCommandInput, DescribeServiceJobCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { isJobId } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import { serviceJobDetail } from '../service-jobs/view.ts';

/** Shows one service job. No words are reported of AWS of one that is not there. */
export const describeServiceJob = batchOperation<DescribeServiceJobCommandInput, DescribeServiceJobCommandOutput>()({
  schema: z.object({ jobId: z.string() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeServiceJob'),
  handler: async ({ ledger, store }, { jobId }, context) => {
    const job = isJobId(jobId) ? await store.reads.serviceJob(scopeOf(context), jobId) : undefined;
    return job ? serviceJobDetail(ledger, job) : refuse(`Service job ${jobId} not found.`);
  },
});
