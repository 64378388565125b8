import type { TerminateJobsCommandInput, TerminateJobsCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJobs as schema } from '../schemas/job.ts';
import { callerOf, checkReason, jobAccess, stopEach } from '../stop-job.ts';

/** `TerminateJob` for up to 50 jobs. */
export const terminateJobs = batchOperation<TerminateJobsCommandInput, TerminateJobsCommandOutput>()({
  schema,
  readOnly: false,
  access: ({ jobs }, context) => jobAccess('TerminateJob', context, jobs),
  handler: ({ yard, quotas }, { jobs, reason }, context) => {
    checkReason(reason);
    return stopEach(jobs, quotas.stoppedPerCall, (jobId) => yard.terminate(jobId, reason, callerOf(context)));
  },
});
