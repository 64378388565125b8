import type { JobId } from '../../core/ids.ts';
import type { Caller } from '../../core/job.ts';
import type { AccessRequest, RefusedEntries, RequestContext } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import { isJobId, jobArn } from './names.ts';
import { demand } from './refusals.ts';
import type { BatchRuntime } from './runtime.ts';
import { tagsOfJobs } from './tagged-resource.ts';
import { resourceTagConditions } from './tags.ts';

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

/** Access to one job, with the tags that it has. */
export async function jobAccess(
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobId: unknown,
): Promise<AccessRequest[]> {
  const named = textOf(jobId) ?? '*';
  const tags = (await tagsOfJobs(runtime, context, [named])).get(named);
  return [{ action: `batch:${action}`, resource: jobArn(context, named), conditions: resourceTagConditions(tags) }];
}

/** Access to each of many jobs: what one is refused, the others are not. */
export async function jobsAccess(
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobs: unknown,
): Promise<AccessRequest[]> {
  const named = textsOf(jobs);
  const tags = await tagsOfJobs(runtime, context, named);
  return named.map((jobId) => ({
    action: `batch:${action}`,
    resource: jobArn(context, jobId),
    conditions: resourceTagConditions(tags.get(jobId)),
    entry: jobId,
  }));
}

/** What a bulk stop came to: a malformed id spoils only itself, and so does a job that the caller may not touch. */
export interface StopOutcome {
  readonly successful: string[];
  readonly errors: { readonly job: string; readonly code: string; readonly message: string }[];
}

/** Stops each of `jobs`, once each, less those that were `refused`. */
export function stopEach(
  jobs: readonly string[],
  limit: number,
  refused: RefusedEntries,
  stop: (jobId: JobId) => void,
): StopOutcome {
  demand(jobs.length > 0, 'jobs must not be empty.');
  demand(jobs.length <= limit, `Maximum number of jobs supported is ${limit}`);
  const outcome: StopOutcome = { successful: [], errors: [] };
  for (const job of new Set(jobs)) {
    const denial = refused.get(job);
    if (denial !== undefined) outcome.errors.push({ job, code: 'AccessDenied', message: denial });
    else if (isJobId(job)) {
      stop(job);
      outcome.successful.push(job);
    } else outcome.errors.push({ job, code: 'ValidationException', message: `Job id is not valid: ${job}` });
  }
  return outcome;
}
