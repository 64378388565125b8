import type { CancelJobsCommandInput, CancelJobsCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJobs as schema } from '../schemas/job.ts';
import { callerOf, checkReason, jobsAccess, stopEach } from '../stop-job.ts';

/** `CancelJob` for up to 50 jobs. */
export const cancelJobs = batchOperation<CancelJobsCommandInput, CancelJobsCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ jobs }, context, runtime) => jobsAccess('CancelJob', runtime, context, jobs),
  handler: ({ yard, quotas }, { jobs, reason }, context, refused) => {
    checkReason(reason);
    return stopEach(jobs, quotas.stoppedPerCall, refused, (jobId) => yard.cancel(jobId, reason, callerOf(context)));
  },
});
