import type { TerminateJobsCommandInput, TerminateJobsCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJobs as schema } from '../schemas/job.ts';
import { callerOf, checkReason, jobsAccess, stopEach } from '../stop-job.ts';

/** `TerminateJob` for up to 50 jobs. */
export const terminateJobs = batchOperation<TerminateJobsCommandInput, TerminateJobsCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ jobs }, context, runtime) => jobsAccess('TerminateJob', runtime, context, jobs),
  handler: ({ yard, quotas }, { jobs, reason }, context, refused) => {
    checkReason(reason);
    return stopEach(jobs, quotas.stoppedPerCall, refused, (jobId) => yard.terminate(jobId, reason, callerOf(context)));
  },
});
