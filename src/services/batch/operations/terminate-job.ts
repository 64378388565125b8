import type { TerminateJobCommandInput, TerminateJobCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJob as schema } from '../schemas/job.ts';
import { callerOf, checkJobId, checkReason, jobAccess } from '../stop-job.ts';

/** Ends a job wherever it is on its way. One that has ended or is unknown stays as it is, and the call succeeds. */
export const terminateJob = batchOperation<TerminateJobCommandInput, TerminateJobCommandOutput>()({
  schema,
  readOnly: false,
  access: ({ jobId }, context) => jobAccess('TerminateJob', context, [jobId]),
  handler: ({ yard }, { jobId, reason }, context) => {
    checkReason(reason);
    yard.terminate(checkJobId(jobId), reason, callerOf(context));
    return {};
  },
});
