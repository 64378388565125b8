import type { Scope } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import type { Dependency, JobStatus } from '../../../core/job.ts';
import type { StoreReads } from '../../../store/index.ts';
import { isJobId } from '../names.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { SubmitJobInput } from '../schemas/job.ts';
import type { Yard } from '../yard/index.ts';

/** What the dependencies of a job have come to when it is submitted. */
export interface Dependencies {
  /** All of them, as given. */
  readonly all: readonly Dependency[];
  /** Those that have not ended; one that failed stays in, so that the job can never run. */
  readonly waitingFor: readonly JobId[];
  /** One that has failed already. */
  readonly failed: JobId | undefined;
}

export const noDependencies: Dependencies = { all: [], waitingFor: [], failed: undefined };

/** Reads `dependsOn` of a job that is no array. Spec 01 §10. */
export function dependencyIds(dependsOn: SubmitJobInput['dependsOn'], limit: number): readonly JobId[] {
  if (!dependsOn) return [];
  demand(dependsOn.length <= limit, `A job can have at most ${limit} dependencies, got ${dependsOn.length}.`);
  const ids = dependsOn.map(({ jobId, type }) => {
    if (type) invalid(`Dependency type ${type} is only applicable for array jobs.`);
    demand(jobId, 'jobId of a dependency is required.');
    demand(isJobId(jobId), `jobId of a dependency is not valid: ${jobId}`);
    return jobId;
  });
  return [...new Set(ids)];
}

/** What the store says of jobs that have ended. */
export type EndedJobs = ReadonlyMap<JobId, JobStatus>;

export const noEndedJobs: EndedJobs = new Map();

/** Those of `ids` that memory does not hold and `ended` does not tell of. */
export function unknownJobs(yard: Yard, ids: readonly JobId[], ended: EndedJobs): readonly JobId[] {
  return ids.filter((id) => !ended.has(id) && !yard.active(id));
}

/** Reads jobs that have ended, or refuses the submission: a job that nobody knows can never succeed. */
export async function readEndedJobs(reads: StoreReads, scope: Scope, ids: readonly JobId[]): Promise<EndedJobs> {
  const jobs = await reads.jobs({ account: scope.account, region: scope.region }, ids);
  const statuses = new Map(jobs.map(({ record }) => [record.jobId, record.state.status]));
  const missing = ids.find((id) => !statuses.has(id));
  if (missing !== undefined) refuse(`Job ${missing} of dependsOn not found.`);
  return statuses;
}

/** Settles what is known, in the turn of the submission. Every id must be active or in `ended`. */
export function settleDependencies(
  yard: Yard,
  given: SubmitJobInput['dependsOn'],
  ids: readonly JobId[],
  ended: EndedJobs,
): Dependencies {
  if (ids.length === 0) return noDependencies;
  const status = (id: JobId): JobStatus | undefined => (yard.active(id) ? undefined : ended.get(id));
  return {
    all: (given ?? []).map(({ jobId }) => ({ on: jobId as JobId })),
    waitingFor: ids.filter((id) => status(id) !== 'SUCCEEDED'),
    failed: ids.find((id) => status(id) === 'FAILED'),
  };
}
