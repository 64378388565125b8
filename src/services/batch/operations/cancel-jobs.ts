import type { CancelJobsCommandInput, CancelJobsCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJobs as schema } from '../schemas/job.ts';
import { callerOf, checkReason, jobAccess, stopEach } from '../stop-job.ts';

/** `CancelJob` for up to 50 jobs. */
export const cancelJobs = batchOperation<CancelJobsCommandInput, CancelJobsCommandOutput>()({
  schema,
  readOnly: false,
  access: ({ jobs }, context) => jobAccess('CancelJob', context, jobs),
  handler: ({ yard, quotas }, { jobs, reason }, context) => {
    checkReason(reason);
    return stopEach(jobs, quotas.stoppedPerCall, (jobId) => yard.cancel(jobId, reason, callerOf(context)));
  },
});
