import type {
  CancelJobCommandInput,
  CancelJobCommandOutput,
  CancelJobsCommandInput,
  CancelJobsCommandOutput,
  TerminateJobCommandInput,
  TerminateJobCommandOutput,
  TerminateJobsCommandInput,
  TerminateJobsCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import type { JobId } from '../../../core/ids.ts';
import type { Caller } from '../../../core/job.ts';
import type { RefusedEntries } from '../../../core/operation.ts';
import { type JobKind, jobAccess, jobsAccess } from '../job-access.ts';
import { isJobId, jobArn } from '../names.ts';
import { type BatchOperation, batchOperation, callerOf } from '../operation.ts';
import { demand } from '../refusals.ts';
import { strings } from '../schema-members.ts';
import { checkStopReason } from '../stop-reason.ts';
import { tagsOfJobs } from '../tags.ts';
import type { Yard } from '../yard/index.ts';

const stopJob = z.object({ jobId: z.string(), reason: z.string() });
const stopJobs = z.object({ jobs: strings, reason: z.string() });

/** Cancels a job that has not reached STARTING. One that has, has ended or is unknown stays as it is, and the call succeeds. */
export const cancelJob = batchOperation<CancelJobCommandInput, CancelJobCommandOutput>()(
  stopOne('CancelJob', (yard, ...stop) => yard.cancel(...stop)),
);

/** Ends a job wherever it is on its way. One that has ended or is unknown stays as it is, and the call succeeds. */
export const terminateJob = batchOperation<TerminateJobCommandInput, TerminateJobCommandOutput>()(
  stopOne('TerminateJob', (yard, ...stop) => yard.terminate(...stop)),
);

/** `CancelJob` for up to 50 jobs. */
export const cancelJobs = batchOperation<CancelJobsCommandInput, CancelJobsCommandOutput>()(
  stopMany('CancelJob', (yard, ...stop) => yard.cancel(...stop)),
);

/** `TerminateJob` for up to 50 jobs. */
export const terminateJobs = batchOperation<TerminateJobsCommandInput, TerminateJobsCommandOutput>()(
  stopMany('TerminateJob', (yard, ...stop) => yard.terminate(...stop)),
);

/** For access to jobs. */
const ofJobs: JobKind = { arnOf: jobArn, tagsOf: tagsOfJobs };

type Stop = (yard: Yard, jobId: JobId, reason: string, by: Caller) => void;

/**
 * Stops one job. `action`: what policies call it. Whatever is no job's id is a job that is not there, and the call succeeds
 * (aws/aws-cli
 * issue 2551).
 */
function stopOne(action: string, stop: Stop): BatchOperation<z.infer<typeof stopJob>, object> {
  return {
    schema: stopJob,
    readOnly: false,
    audit: 'management',
    access: ({ jobId }, context, runtime) => jobAccess(ofJobs, action, runtime, context, jobId),
    handler: ({ yard }, { jobId, reason }, context) => {
      checkStopReason(reason);
      demand(jobId, 'jobId is required.');
      if (isJobId(jobId)) stop(yard, jobId, reason, callerOf(context));
      return {};
    },
  };
}

/** Stops many, each under the action of one. */
function stopMany(action: string, stop: Stop): BatchOperation<z.infer<typeof stopJobs>, StopOutcome> {
  return {
    schema: stopJobs,
    readOnly: false,
    audit: 'management',
    access: ({ jobs }, context, runtime) => jobsAccess(ofJobs, action, runtime, context, jobs),
    handler: ({ yard, quotas }, { jobs, reason }, context, refused) => {
      checkStopReason(reason);
      return stopEach(jobs, quotas.stoppedPerCall, refused, (jobId) => stop(yard, jobId, reason, callerOf(context)));
    },
  };
}

/** What a bulk stop came to: a job that the caller may not touch spoils only itself; jobs that are not there count as stopped. */
interface StopOutcome {
  readonly successful: string[];
  readonly errors: { readonly job: string; readonly code: string; readonly message: string }[];
}

/** Stops each of `jobs`, once each, less those that were `refused`. */
function stopEach(
  jobs: readonly string[],
  limit: number,
  refused: RefusedEntries,
  stop: (jobId: JobId) => void,
): StopOutcome {
  // The second in the words of DescribeJobs; of this operation none are reported.
  demand(jobs.length > 0, 'jobs must not be empty.');
  demand(jobs.length <= limit, `Maximum number of jobs supported is  ${limit} .`);
  const outcome: StopOutcome = { successful: [], errors: [] };
  for (const job of new Set(jobs)) {
    const denial = refused.get(job);
    if (denial !== undefined) outcome.errors.push({ job, code: 'AccessDenied', message: denial });
    else {
      if (isJobId(job)) stop(job);
      outcome.successful.push(job);
    }
  }
  return outcome;
}
