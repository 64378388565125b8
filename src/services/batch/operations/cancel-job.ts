import type { CancelJobCommandInput, CancelJobCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { stopJob as schema } from '../schemas/job.ts';
import { callerOf, checkJobId, checkReason, jobAccess } from '../stop-job.ts';

/** Cancels a job that has not reached STARTING. One that has, has ended or is unknown stays as it is, and the call succeeds. */
export const cancelJob = batchOperation<CancelJobCommandInput, CancelJobCommandOutput>()({
  schema,
  readOnly: false,
  access: ({ jobId }, context) => jobAccess('CancelJob', context, [jobId]),
  handler: ({ yard }, { jobId, reason }, context) => {
    checkReason(reason);
    yard.cancel(checkJobId(jobId), reason, callerOf(context));
    return {};
  },
});
