import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import type { Dependency } from '../../../core/job.ts';
import type { EndedJob } from '../../../jobs/index.ts';
import type { StoreReads } from '../../../store/index.ts';
import { isJobId } from '../names.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { SubmitJobInput } from '../schemas/job.ts';
import { endedJobs, type Yard } from '../yard/index.ts';

/** Reads `dependsOn` of a job that is no array. Spec 01 §10. */
export function dependencyIds(dependsOn: SubmitJobInput['dependsOn'], limit: number): readonly JobId[] {
  if (!dependsOn) return [];
  // The words: OpenNeuroOrg/openneuro issue 100; of the rest, here and below, none are reported.
  demand(dependsOn.length <= limit, `Job cannot have more than ${limit} dependencies`);
  const ids = dependsOn.map(({ jobId, type }) => {
    if (type) invalid(`Dependency type ${type} is only applicable for array jobs.`);
    demand(jobId, 'jobId of a dependency is required.');
    demand(isJobId(jobId), `jobId of a dependency is not valid: ${jobId}`);
    return jobId;
  });
  return [...new Set(ids)];
}

/** What the store says of jobs that have ended. */
export type EndedJobs = ReadonlyMap<JobId, EndedJob>;

export const noEndedJobs: EndedJobs = new Map();

/** Those of `ids` that memory does not hold and `ended` does not tell of. */
export function unknownJobs(yard: Yard, ids: readonly JobId[], ended: EndedJobs): readonly JobId[] {
  return ids.filter((id) => !ended.has(id) && !yard.knows(id));
}

/** Reads jobs that have ended, or refuses the submission: a job that nobody knows can never succeed. */
export async function readEndedJobs(reads: StoreReads, scope: Scope, ids: readonly JobId[]): Promise<EndedJobs> {
  const jobs = await reads.jobs(scopeOf(scope), ids);
  const found = new Set(jobs.map(({ record }) => record.jobId));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) refuse(`Job ${missing} of dependsOn not found.`);
  // One that has not ended is about to be in memory, which is being rebuilt.
  return endedJobs(reads, jobs);
}

/** Dependencies as the job keeps them: as they were given. */
export function keptDependencies(given: SubmitJobInput['dependsOn']): readonly Dependency[] {
  return (given ?? []).map(({ jobId }) => ({ on: jobId as JobId }));
}
