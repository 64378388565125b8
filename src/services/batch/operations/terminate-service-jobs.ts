import type {
  TerminateServiceJobCommandInput,
  TerminateServiceJobCommandOutput,
  TerminateServiceJobsCommandInput,
  TerminateServiceJobsCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import type { JobId } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { jobAccess, jobsAccess } from '../job-access.ts';
import { isJobId } from '../names.ts';
import { batchOperation, callerOf } from '../operation.ts';
import { demand } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { strings } from '../schema-members.ts';
import { ofServiceJobs } from '../service-jobs/access.ts';
import { changeServiceJob, ended } from '../service-jobs/change.ts';
import { checkStopReason } from '../stop-reason.ts';

const action = 'TerminateServiceJob';

/** Ends a service job. One that has ended or is unknown stays as it is, and the call succeeds. No words are reported of AWS. */
export const terminateServiceJob = batchOperation<TerminateServiceJobCommandInput, TerminateServiceJobCommandOutput>()({
  schema: z.object({ jobId: z.string(), reason: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ jobId }, context, runtime) => jobAccess(ofServiceJobs, action, runtime, context, jobId),
  handler: async (runtime, { jobId, reason }, context) => {
    checkStopReason(reason);
    demand(isJobId(jobId), malformed(jobId));
    await end(runtime, context, jobId as JobId, reason);
    return {};
  },
});

/** The same of up to 50: one that the caller may not touch, or that is no id, spoils only itself. */
export const terminateServiceJobs = batchOperation<
  TerminateServiceJobsCommandInput,
  TerminateServiceJobsCommandOutput
>()({
  schema: z.object({ jobs: strings, reason: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ jobs }, context, runtime) => jobsAccess(ofServiceJobs, action, runtime, context, jobs),
  handler: async (runtime, { jobs, reason }, context, refused) => {
    const limit = runtime.quotas.stoppedPerCall;
    checkStopReason(reason);
    // Worded as of TerminateJobs.
    demand(jobs.length > 0, 'jobs must not be empty.');
    demand(jobs.length <= limit, `Maximum number of jobs supported is  ${limit} .`);
    const outcome: Pick<TerminateServiceJobsCommandOutput, 'successful' | 'errors'> = { successful: [], errors: [] };
    for (const job of new Set(jobs)) {
      const denial = refused.get(job);
      if (denial !== undefined) outcome.errors?.push({ job, code: 'AccessDenied', message: denial });
      else if (!isJobId(job)) outcome.errors?.push({ job, code: 'ValidationException', message: malformed(job) });
      else {
        await end(runtime, context, job, reason);
        outcome.successful?.push(job);
      }
    }
    return outcome;
  },
});

function malformed(jobId: string): string {
  return `Job id is not valid: ${jobId}`;
}

async function end(runtime: BatchRuntime, context: RequestContext, jobId: JobId, reason: string): Promise<void> {
  const stop = { reason, at: runtime.clock.now(), by: callerOf(context) };
  await changeServiceJob(runtime, context, jobId, (job) => ended(job, stop));
}
