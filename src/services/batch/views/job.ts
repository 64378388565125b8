import type {
  AttemptDetail,
  ConsumableResourceProperties,
  ContainerDetail,
  JobDependency,
  JobDetail,
  JobSummary,
  JobTimeout,
  PlatformCapability,
  RetryStrategy,
} from '@aws-sdk/client-batch';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { type AttemptRecord, childId, type Dependency, isTerminal, type Stop } from '../../../core/job.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import { decidingContainer } from '../../../lifecycle/index.ts';
import type { CountedJob } from '../child-counts.ts';
import { containerDetailOf } from '../definition/container-detail.ts';
import { podDetailOf } from '../definition/pod-detail.ts';
import { jobArn } from '../names.ts';
import { type ListedJob, type ShownJob, type ShownState, stopShown } from '../shown-jobs.ts';
import type { Yard } from '../yard/index.ts';
import { arrayDetail, arraySummary } from './array.ts';
import { attemptsOf } from './attempts.ts';
import { consumableProperties, propertiesOf } from './consumables.ts';
import { interfaceOf, isGang, networkInterfaces, nodeMembers, nodeShown, nodeSummary } from './node.ts';
import { taskAttemptDetail, taskDetail } from './task.ts';

/** Why a job waits, in one line, if it does: memory tells, unless the job has moved on since the store was read. */
export function waitingText(yard: Yard, job: ListedJob, at: EpochMilliseconds): string | undefined {
  const { id, record, state, part } = job;
  const isArray = record.kind === 'array' && !part;
  if (isArray || (state.status !== 'PENDING' && state.status !== 'RUNNABLE')) return undefined;
  const explanation = yard.explain(id, record.dependsOn, at);
  return explanation?.status === state.status ? explanation.text : undefined;
}

/** A job as DescribeJobs shows it, with the reason why it waits. Spec 01 §7, 08 §3.9. */
export function jobDetail(job: CountedJob<ShownJob>, waits: string | undefined): JobDetail {
  const { id, record, specification, state, part } = job;
  return {
    jobArn: jobArn(record, id),
    jobName: record.jobName,
    jobId: id,
    jobQueue: record.jobQueueArn,
    status: state.status,
    shareIdentifier: record.shareIdentifier,
    schedulingPriority: priorityOf(record),
    attempts: attemptsOf(state).map((attempt) => attemptDetail(attempt, job)),
    statusReason: waits ?? reasonOf(state),
    createdAt: createdAt(job),
    // A node is tried again with its job.
    retryStrategy: part?.kind === 'node' ? undefined : retryStrategyDetail(record),
    startedAt: startedAt(state),
    stoppedAt: stoppedAt(job),
    dependsOn: dependenciesOf(job),
    jobDefinition: record.jobDefinitionArn,
    arrayProperties: arrayDetail(job),
    ...nodeMembers(job),
    parameters: specification.parameters ?? {},
    ...whatRuns(job),
    consumableResourceProperties: needsOf(job),
    timeout: timeoutOf(job),
    tags: record.tags,
    propagateTags: specification.propagateTags ?? false,
    // Checked when they were given.
    platformCapabilities: (specification.platformCapabilities ?? []) as PlatformCapability[],
    isCancelled: isCancelled(stopShown(job)),
    isTerminated: stopShown(job)?.kind === 'terminate',
  };
}

/** It stays so when it is terminated after. */
function isCancelled(stop: Stop | undefined): boolean {
  return stop?.kind === 'cancel' || stop?.wasCancelled === true;
}

/** A node shows its own, whatever its job needs beside. */
function needsOf(job: ShownJob): ConsumableResourceProperties | undefined {
  if (job.part?.kind !== 'node') return consumableProperties(job.record);
  const { consumables = [] } = nodeShown(job) ?? {};
  return consumables.length > 0 ? propertiesOf(consumables) : undefined;
}

/** A node comes to be when it is started (recorded by aws-parallelcluster's tests of awsbatch-cli). */
function createdAt({ record, state }: ListedJob): number {
  return 'createdAt' in state ? state.createdAt : record.createdAt;
}

/** Of the whole job (spec 02 §9), as it asked for: a node has none of its own, and a limit of Fargate's is none of its. */
function timeoutOf({ record, specification, part }: ShownJob): JobTimeout | undefined {
  const { timeoutSeconds } = specification.fargateLimit ?? record;
  const isOwn = timeoutSeconds !== undefined && part?.kind !== 'node';
  return isOwn ? { attemptDurationSeconds: timeoutSeconds } : undefined;
}

/** When the latest attempt that ran began. */
export function startedAt(state: ShownState): number | undefined {
  return 'startedAt' in state ? state.startedAt : undefined;
}

/** 0 is the default of a job that no share policy orders: not shown. */
function priorityOf({ shareIdentifier, schedulingPriority }: JobRecord): number | undefined {
  return shareIdentifier === undefined && schedulingPriority === 0 ? undefined : schedulingPriority;
}

/** Why the job is where it is, if that is stored. One whose main node has ended while others live has that one's reason when it ends. */
export function reasonOf(state: ShownState): string | undefined {
  return 'statusReason' in state && state.status !== 'RUNNING' ? state.statusReason : undefined;
}

/** When it ended; of an array that is not told (recorded by aws-parallelcluster's tests of awsbatch-cli). */
function stoppedAt({ record, state, part }: ListedJob): number | undefined {
  if (record.kind === 'array' && !part) return undefined;
  return isTerminal(state.status) && 'stoppedAt' in state ? state.stoppedAt : undefined;
}

/** A node waits for nothing of its own. */
function dependenciesOf({ record, part }: ListedJob): JobDependency[] {
  if (part?.kind === 'node') return [];
  return record.dependsOn.map((dependency) => dependencyDetail(dependency, part?.index));
}

/** `index`: of the child that is shown, which waits for the child of the same index. */
function dependencyDetail(dependency: Dependency, index: number | undefined): JobDependency {
  if (!('on' in dependency)) return { type: dependency.type };
  const { on, type } = dependency;
  const child = dependency.index ?? (type === 'N_TO_N' ? index : undefined);
  return { jobId: child === undefined ? on : childId(on, child), ...(type === undefined ? {} : { type }) };
}

function retryStrategyDetail({ retryStrategy }: JobRecord): RetryStrategy {
  return {
    attempts: retryStrategy.attempts,
    evaluateOnExit: retryStrategy.evaluateOnExit.map((rule) => ({ ...rule })),
  };
}

/**
 * Attempts of a multi-node job are those of its main node, without the task and the instance (recorded by aws-parallelcluster's tests
 * of awsbatch-cli).
 */
function attemptDetail(attempt: AttemptRecord, job: ShownJob): AttemptDetail {
  if (nodeShown(job)?.isTask) return taskAttemptDetail(attempt);
  const { containerInstanceArn, taskArn, ...outcome } = attemptContainer(attempt);
  const place = isGang(job)
    ? { networkInterfaces: [] }
    : { containerInstanceArn, taskArn, networkInterfaces: interfaceOf(attempt) };
  return {
    container: { ...place, ...outcome },
    startedAt: attempt.startedAt,
    stoppedAt: attempt.stoppedAt,
    statusReason: attempt.statusReason,
    taskProperties: [],
  };
}

type AttemptMembers = Pick<
  ContainerDetail,
  'containerInstanceArn' | 'taskArn' | 'exitCode' | 'reason' | 'logStreamName'
>;

function attemptContainer(attempt: AttemptRecord): AttemptMembers {
  const [container] = attempt.containers;
  return {
    containerInstanceArn: attempt.containerInstanceArn,
    taskArn: attempt.taskArn,
    exitCode: container?.exitCode,
    reason: container?.reason,
    logStreamName: container?.logStreamName,
  };
}

/** What runs, where its latest attempt does or what became of it: of a task of named containers in a form of its own. */
function whatRuns(job: ShownJob): Pick<JobDetail, 'container' | 'ecsProperties' | 'eksProperties' | 'eksAttempts'> {
  const { state } = job;
  const node = isGang(job) ? undefined : nodeShown(job);
  if (!node) return {};
  // No engine runs pods: there is nothing to tell of attempts.
  if (node.pod) return { eksProperties: { podProperties: podDetailOf(node.pod) }, eksAttempts: [] };
  if (node.isTask) return { ecsProperties: { taskProperties: [taskDetail(node, state)] } };
  const detail = { ...containerDetailOf(node), ...latestAttempt(state) };
  return { container: { ...detail, networkInterfaces: networkInterfaces(state) } };
}

/** An attempt has a task from STARTING on, and a log stream from RUNNING on (spec 01 §7). */
function latestAttempt(state: ShownState): AttemptMembers {
  if ('placement' in state) {
    const { containerInstanceArn, taskArn, containers } = state.placement;
    const logStreamName = containers[0]?.logStreamName;
    const stream = state.status === 'RUNNING' && logStreamName !== undefined ? { logStreamName } : {};
    return { containerInstanceArn, taskArn, ...stream };
  }
  const last = attemptsOf(state).at(-1);
  return last ? attemptContainer(last) : {};
}

/** A job as ListJobs shows it, with the reason why it waits. */
export function jobSummary(job: CountedJob<ListedJob>, waits: string | undefined): JobSummary {
  const { id, record, state } = job;
  const stop = stopShown(job);
  return {
    jobArn: jobArn(record, id),
    jobId: id,
    jobName: record.jobName,
    createdAt: createdAt(job),
    shareIdentifier: record.shareIdentifier,
    status: state.status,
    statusReason: waits ?? reasonOf(state),
    startedAt: startedAt(state),
    stoppedAt: stoppedAt(job),
    arrayProperties: arraySummary(job),
    nodeProperties: nodeSummary(job),
    container: containerSummary(job),
    jobDefinition: record.jobDefinitionArn,
    ...(isCancelled(stop) ? { isCancelled: true } : {}),
    ...(stop?.kind === 'terminate' ? { isTerminated: true } : {}),
  };
}

/** What came of the latest attempt that has ended: of several containers, of the one that it was judged by. Of a node of which none has, nothing (recorded, in public code that waits for nodes). */
function containerSummary({ state, part }: ListedJob): JobSummary['container'] {
  const ended = 'placement' in state && part?.kind === 'node' ? undefined : attemptsOf(state).at(-1);
  const container = ended && decidingContainer(ended.containers);
  if (container) return { exitCode: container.exitCode, reason: container.reason };
  return part?.kind === 'node' ? {} : undefined;
}
