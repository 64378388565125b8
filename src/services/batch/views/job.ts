import type {
  AttemptDetail,
  ContainerDetail,
  JobDependency,
  JobDetail,
  JobSummary,
  PlatformCapability,
  RetryStrategy,
} from '@aws-sdk/client-batch';
import { type AttemptRecord, childId, type Dependency, isTerminal } from '../../../core/job.ts';
import type { JobRecord, JobState } from '../../../core/job-record.ts';
import { nodeSpecification } from '../../../core/job-specification.ts';
import type { JobSpecification, StoredJob } from '../../../store/index.ts';
import { containerDetailOf } from '../definition/container-detail.ts';
import { jobArn } from '../names.ts';
import type { Yard } from '../yard/index.ts';

/** A job as DescribeJobs shows it. `waitingText` says why one that waits does so. Spec 01 §7, 08 §3.9. */
export function jobDetail({ record, specification }: StoredJob, waitingText: string | undefined): JobDetail {
  const { state } = record;
  return {
    jobArn: jobArn(record, record.jobId),
    jobName: record.jobName,
    jobId: record.jobId,
    jobQueue: record.jobQueueArn,
    status: state.status,
    shareIdentifier: record.shareIdentifier,
    schedulingPriority: priorityOf(record),
    attempts: attemptsOf(state).map(attemptDetail),
    statusReason: waitingText ?? reasonOf(state),
    createdAt: record.createdAt,
    retryStrategy: retryStrategyDetail(record),
    startedAt: startedAt(state),
    stoppedAt: isTerminal(state.status) && 'stoppedAt' in state ? state.stoppedAt : undefined,
    dependsOn: record.dependsOn.map(dependencyDetail),
    jobDefinition: record.jobDefinitionArn,
    parameters: specification.parameters ?? {},
    container: containerDetail(specification, state),
    timeout: record.timeoutSeconds === undefined ? undefined : { attemptDurationSeconds: record.timeoutSeconds },
    tags: record.tags,
    propagateTags: specification.propagateTags ?? false,
    // Checked when they were given.
    platformCapabilities: (specification.platformCapabilities ?? []) as PlatformCapability[],
    isCancelled: state.stop?.kind === 'cancel',
    isTerminated: state.stop?.kind === 'terminate',
  };
}

/** When the latest attempt that ran began. */
export function startedAt(state: JobState): number | undefined {
  return 'startedAt' in state ? state.startedAt : undefined;
}

/** 0 is the default of a job that no share policy orders: not shown. */
function priorityOf({ shareIdentifier, schedulingPriority }: JobRecord): number | undefined {
  return shareIdentifier === undefined && schedulingPriority === 0 ? undefined : schedulingPriority;
}

/** Finished attempts; an array's own are its children's. */
export function attemptsOf(state: JobState): readonly AttemptRecord[] {
  return 'attempts' in state ? state.attempts : [];
}

/** Why the job is where it is, if that is stored. */
export function reasonOf(state: JobState): string | undefined {
  return 'statusReason' in state ? state.statusReason : undefined;
}

function dependencyDetail(dependency: Dependency): JobDependency {
  if (!('on' in dependency)) return { type: dependency.type };
  const { on, index, type } = dependency;
  return { jobId: index === undefined ? on : childId(on, index), ...(type === undefined ? {} : { type }) };
}

function retryStrategyDetail({ retryStrategy }: JobRecord): RetryStrategy {
  return {
    attempts: retryStrategy.attempts,
    evaluateOnExit: retryStrategy.evaluateOnExit.map((rule) => ({ ...rule })),
  };
}

function attemptDetail(attempt: AttemptRecord): AttemptDetail {
  return {
    container: { ...attemptContainer(attempt), networkInterfaces: [] },
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

/** The container, and where its latest attempt runs or what became of it. */
function containerDetail(specification: JobSpecification, state: JobState): ContainerDetail | undefined {
  const node = nodeSpecification(specification);
  return node && { ...containerDetailOf(node), ...latestAttempt(state) };
}

/** An attempt has a task from STARTING on, and a log stream from RUNNING on (spec 01 §7). */
function latestAttempt(state: JobState): AttemptMembers {
  if ('placement' in state) {
    const { containerInstanceArn, taskArn, containers } = state.placement;
    const logStreamName = containers[0]?.logStreamName;
    const stream = state.status === 'RUNNING' && logStreamName !== undefined ? { logStreamName } : {};
    return { containerInstanceArn, taskArn, ...stream };
  }
  const last = attemptsOf(state).at(-1);
  return last ? attemptContainer(last) : {};
}

/** A job as ListJobs shows it. */
export function jobSummary(record: JobRecord, waitingText: string | undefined): JobSummary {
  const { state } = record;
  const container = attemptsOf(state).at(-1)?.containers[0];
  return {
    jobArn: jobArn(record, record.jobId),
    jobId: record.jobId,
    jobName: record.jobName,
    createdAt: record.createdAt,
    shareIdentifier: record.shareIdentifier,
    status: state.status,
    statusReason: waitingText ?? reasonOf(state),
    startedAt: startedAt(state),
    stoppedAt: isTerminal(state.status) && 'stoppedAt' in state ? state.stoppedAt : undefined,
    container: container && { exitCode: container.exitCode, reason: container.reason },
    jobDefinition: record.jobDefinitionArn,
    ...(state.stop?.kind === 'cancel' ? { isCancelled: true } : {}),
    ...(state.stop?.kind === 'terminate' ? { isTerminated: true } : {}),
  };
}

/** Why a job that waits does so, in one line; undefined for others. */
export function waitingText(yard: Yard, { jobId, state: { status } }: JobRecord): string | undefined {
  if (status !== 'PENDING' && status !== 'RUNNABLE') return undefined;
  return yard.explain(jobId)?.text;
}
