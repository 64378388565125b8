import type { AttemptDetail, ContainerDetail, JobDependency, JobDetail } from '@aws-sdk/client-batch';
import { nameOfArn } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import { parseJobId } from '../../core/job.ts';
import { isLostReason } from '../../engines/index.ts';
import { statusReasons } from '../../lifecycle/index.ts';

/** Why a job that has ended cannot be simulated again. */
export type NotRecorded = 'never started' | 'nodes that ask for different things' | 'several containers, or a pod';

/** A job that has ended, and the children of an array. */
export interface EndedJob {
  readonly job: JobDetail;
  readonly children: readonly JobDetail[];
}

type Resources = Pick<ContainerDetail, 'resourceRequirements' | 'vcpus' | 'memory'>;

/**
 * The line of a workload that says what a job asked for, and how long its attempts ran, but not where or how long it waited. `begin`:
 * when the workload begins, in milliseconds. `known`: ids of jobs that stand above.
 */
export function recordedLine(
  { job, children }: EndedJob,
  begin: number,
  known: ReadonlySet<string>,
): object | NotRecorded {
  const { jobId = '', createdAt = begin, timeout, arrayProperties, nodeProperties, shareIdentifier } = job;
  const containers = nodeProperties?.nodeRangeProperties?.map(({ container }) => container) ?? [job.container];
  const [first, ...others] = containers.map((each) => each && resourcesOf(each));
  if (!first) return 'several containers, or a pod';
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(first)))
    return 'nodes that ask for different things';
  const runs = runsOf(job, children);
  const recorded = Math.max(0, ...Object.values(runs).map(({ length }) => length));
  if (recorded === 0) return 'never started';
  const attempts = attemptsFor(job, recorded);
  const { numNodes, mainNode } = nodeProperties ?? {};
  const instanceType = containers.find((each) => each?.instanceType)?.instanceType;
  return {
    id: jobId,
    at: (createdAt - begin) / 1000,
    queue: nameOfArn(job.jobQueue ?? ''),
    ...(shareIdentifier === undefined ? {} : { share: shareIdentifier, priority: job.schedulingPriority ?? 0 }),
    ...first,
    attempts,
    ...(timeout?.attemptDurationSeconds === undefined ? {} : { timeoutSeconds: timeout.attemptDurationSeconds }),
    ...(arrayProperties?.size === undefined ? {} : { array: arrayProperties.size }),
    ...(numNodes === undefined ? {} : { nodes: numNodes, mainNode, ...(instanceType && { instanceType }) }),
    dependsOn: (job.dependsOn ?? []).flatMap((each) => dependencyOf(each, arrayProperties !== undefined, known)),
    runs,
  };
}

/** Of a job that succeeded all that it may have: Spot may end some of them elsewhere. One that failed had no more, whatever it was allowed. */
function attemptsFor({ status, retryStrategy }: JobDetail, recorded: number): number {
  return status === 'SUCCEEDED' ? Math.max(recorded, retryStrategy?.attempts ?? 1) : recorded;
}

function resourcesOf({ resourceRequirements = [], vcpus, memory }: Resources) {
  const asked = (type: string) => {
    const value = resourceRequirements.find((each) => each.type === type)?.value;
    return value === undefined ? undefined : Number(value);
  };
  return { vcpus: asked('VCPU') ?? vcpus, memoryMiB: asked('MEMORY') ?? memory, gpus: asked('GPU') ?? 0 };
}

/** By index of the child, or of the main node. */
function runsOf(job: JobDetail, children: readonly JobDetail[]): Readonly<Record<string, readonly object[]>> {
  if (!job.arrayProperties) return { [job.nodeProperties?.mainNode ?? 0]: attemptsOf(job) };
  const started = children.filter(({ attempts = [] }) => attempts.length > 0);
  return Object.fromEntries(started.map((child) => [child.arrayProperties?.index ?? 0, attemptsOf(child)]));
}

function attemptsOf(job: JobDetail): readonly object[] {
  const { attempts: all = [], status, statusReason, timeout } = job;
  // Where instances are taken back is drawn anew. The last one tells all that is known of how long it would have been.
  const attempts = all.filter((attempt, at) => at === all.length - 1 || !isLostReason(attempt.statusReason));
  return attempts.map((attempt, at) => {
    const isLast = at === attempts.length - 1;
    // It would have run longer: its timeout stops it again.
    if (isLast && timeout && statusReason === statusReasons.timedOut) return {};
    const succeeded = isLast && status === 'SUCCEEDED';
    return { runSeconds: secondsOf(attempt), exitCode: succeeded ? 0 : attempt.container?.exitCode || 1 };
  });
}

function secondsOf({ startedAt, stoppedAt }: AttemptDetail): number {
  return startedAt === undefined || stoppedAt === undefined ? 0 : Math.max(0, stoppedAt - startedAt) / 1000;
}

/** What it waited for that is not in the workload had ended long before. */
function dependencyOf({ jobId, type }: JobDependency, isArray: boolean, known: ReadonlySet<string>): readonly object[] {
  if (jobId === undefined) return type === 'SEQUENTIAL' && isArray ? [{ type }] : [];
  const { jobId: on, childIndex: index } = parseJobId(jobId as JobId);
  if (!known.has(on)) return [];
  if (index !== undefined) return [{ on, index }];
  return [type === 'N_TO_N' && isArray ? { on, type } : { on }];
}
