import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { JobId } from '../../../core/ids.ts';
import { type Dependency, parseJobId } from '../../../core/job.ts';
import type { EndedJob } from '../../../jobs/index.ts';
import type { StoreReads } from '../../../store/index.ts';
import { isJobId } from '../names.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { SubmitJobInput } from '../schemas/job.ts';
import { endedJobs, type Yard } from '../yard/index.ts';

type Given = NonNullable<SubmitJobInput['dependsOn']>[number];

/** Reads `dependsOn`; `isArray`: of an array, which alone may have a type. Spec 01 §10, §13.2. */
export function readDependencies(
  dependsOn: SubmitJobInput['dependsOn'],
  isArray: boolean,
  limit: number,
): readonly Dependency[] {
  if (!dependsOn) return [];
  // The words: OpenNeuroOrg/openneuro issue 100; of the rest, here and below, none are reported.
  demand(dependsOn.length <= limit, `Job cannot have more than ${limit} dependencies`);
  return dependsOn.flatMap((given) => {
    if (given.type && !isArray) invalid(`Dependency type ${given.type} is only applicable for array jobs.`);
    return given.type === 'SEQUENTIAL' ? sequential(given) : [onJob(given)];
  });
}

/** It needs no job. Where one is named all the same, as public examples do, all children wait for that too. */
function sequential({ jobId }: Given): readonly Dependency[] {
  return [{ type: 'SEQUENTIAL' }, ...(jobId ? [onJob({ jobId })] : [])];
}

function onJob({ jobId, type }: Given): Dependency {
  demand(jobId, 'jobId of a dependency is required.');
  const { jobId: on, childIndex, nodeIndex } = parseJobId(jobId as JobId);
  demand(isJobId(jobId) && nodeIndex === undefined, `jobId of a dependency is not valid: ${jobId}`);
  const index = childIndex === undefined ? {} : { index: childIndex };
  return { on, ...index, ...(type === 'N_TO_N' ? { type } : {}) };
}

/** The jobs that are named, each once. */
export function namedJobs(dependencies: readonly Dependency[]): readonly JobId[] {
  if (dependencies.length === 0) return [];
  return [...new Set(dependencies.flatMap((dependency) => ('on' in dependency ? [dependency.on] : [])))];
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
  if (missing !== undefined) refuse(notFound(missing));
  // One that has not ended is about to be in memory, which is being rebuilt.
  return endedJobs(reads, jobs);
}

/**
 * Refuses children that are not there, and pairs of arrays of different sizes. `size`: of the job that is submitted, if it is
 * an array.
 */
export function checkSizes(
  yard: Yard,
  dependencies: readonly Dependency[],
  size: number | undefined,
  ended: EndedJobs,
): void {
  for (const dependency of dependencies) {
    if (!('on' in dependency)) continue;
    const { on, index, type } = dependency;
    if (index === undefined && type === undefined) continue;
    const other = yard.sizeOf(on) ?? ended.get(on)?.size;
    if (index !== undefined && (other === undefined || index >= other)) refuse(notFound(`${on}:${index}`));
    if (index === undefined && other !== undefined && other !== size) refuse(unequal(on, other, size));
  }
}

function notFound(id: string): string {
  return `Job ${id} of dependsOn not found.`;
}

/** No words are reported of AWS. */
function unequal(on: JobId, other: number, size: number | undefined): string {
  return `N_TO_N dependency requires arrays of the same size: job ${on} has ${other} children, this one ${size}.`;
}
