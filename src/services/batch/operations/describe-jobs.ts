import type { DescribeJobsCommandInput, DescribeJobsCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { withCounts } from '../child-counts.ts';
import { isJobId } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { demand } from '../refusals.ts';
import { strings } from '../schema-members.ts';
import { readJobs } from '../shown-jobs.ts';
import { jobDetail, waitingText } from '../views/job.ts';

/** Describes jobs, children of arrays and nodes of multi-node jobs, in the order asked; unknown ids are left out. */
export const describeJobs = batchOperation<DescribeJobsCommandInput, DescribeJobsCommandOutput>()({
  schema: z.object({ jobs: strings }),
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeJobs'),
  handler: async ({ store, yard, quotas }, input, context) => {
    const limit = quotas.describedPerCall;
    // The spaces are AWS's (pegasus-isi/pegasus issue 2086).
    demand(input.jobs.length <= limit, `Maximum number of jobs supported is  ${limit} .`);
    const ids = input.jobs.filter(isJobId);
    if (ids.length === 0) return { jobs: [] };
    const jobs = await withCounts(store.reads, yard, context, await readJobs(store.reads, context, ids));
    const at = yard.schedulingTime();
    return { jobs: jobs.map((job) => jobDetail(job, waitingText(yard, job, at))) };
  },
});
