import type { Scope } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import type { Caller } from '../../core/job.ts';
import type { AccessRequest, RequestContext } from '../../core/operation.ts';
import { isJobId, jobArn } from './names.ts';
import { demand } from './refusals.ts';

const longestReason = 1024;

/** Checks the reason that every cancellation and termination carries into `statusReason`. */
export function checkReason(reason: string): void {
  demand(reason.trim() !== '', 'reason is required.');
  demand(reason.length <= longestReason, `reason can have at most ${longestReason} characters.`);
}

export function checkJobId(jobId: string): JobId {
  demand(isJobId(jobId), `Job id is not valid: ${jobId}`);
  return jobId;
}

/** Who asks, as the job's row keeps it. */
export function callerOf({ principal, requestId }: RequestContext): Caller {
  return { principal: principal.arn, requestId };
}

/** One request for each job. Tags of jobs are in the store, out of a policy's sight until it can wait for them. */
export function jobAccess(action: string, scope: Scope, jobIds: readonly string[]): AccessRequest[] {
  return jobIds.map((jobId) => ({ action: `batch:${action}`, resource: jobArn(scope, jobId) }));
}

/** What a bulk stop came to: a malformed id spoils only itself. */
export interface StopOutcome {
  readonly successful: string[];
  readonly errors: { readonly job: string; readonly code: string; readonly message: string }[];
}

/** Stops each of `jobs`, once each. */
export function stopEach(jobs: readonly string[], limit: number, stop: (jobId: JobId) => void): StopOutcome {
  demand(jobs.length > 0, 'jobs must not be empty.');
  demand(jobs.length <= limit, `Maximum number of jobs supported is ${limit}`);
  const outcome: StopOutcome = { successful: [], errors: [] };
  for (const job of new Set(jobs)) {
    if (isJobId(job)) {
      stop(job);
      outcome.successful.push(job);
    } else outcome.errors.push({ job, code: 'ValidationException', message: `Job id is not valid: ${job}` });
  }
  return outcome;
}
