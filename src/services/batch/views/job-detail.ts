import type {
  AttemptDetail,
  ContainerDetail,
  JobDetail,
  PlatformCapability,
  RetryStrategy,
} from '@aws-sdk/client-batch';
import { type AttemptRecord, isTerminal, type JobState } from '../../../core/job.ts';
import type { StoredJob } from '../../../store/index.ts';
import { jobArn } from '../names.ts';

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
    schedulingPriority: specification.schedulingPriority,
    attempts: state.attempts.map(attemptDetail),
    statusReason: waitingText ?? state.statusReason,
    createdAt: record.createdAt,
    retryStrategy: retryStrategyDetail(state),
    startedAt: startedAt(state),
    stoppedAt: isTerminal(state.status) && 'stoppedAt' in state ? state.stoppedAt : undefined,
    dependsOn: record.dependsOn.map((jobId) => ({ jobId })),
    jobDefinition: record.jobDefinitionArn,
    parameters: specification.parameters,
    container: containerDetail(specification.container, state),
    timeout: state.timeoutSeconds === undefined ? undefined : { attemptDurationSeconds: state.timeoutSeconds },
    tags: record.tags,
    propagateTags: specification.propagateTags,
    platformCapabilities: specification.platformCapabilities as PlatformCapability[],
    isCancelled: state.stop?.kind === 'cancel',
    isTerminated: state.stop?.kind === 'terminate',
  };
}

/** When the latest attempt that ran began. */
export function startedAt(state: JobState): number | undefined {
  return 'startedAt' in state ? state.startedAt : undefined;
}

function retryStrategyDetail({ retryStrategy }: JobState): RetryStrategy {
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
function containerDetail(container: ContainerDetail, state: JobState): ContainerDetail {
  return { ...container, ...latestAttempt(state) };
}

/** An attempt has a task from STARTING on, and a log stream from RUNNING on (spec 01 §7). */
function latestAttempt(state: JobState): AttemptMembers {
  if (state.status === 'STARTING' || state.status === 'RUNNING') {
    const { containerInstanceArn, taskArn, logStreamName } = state.placement;
    const stream = state.status === 'RUNNING' && logStreamName !== undefined ? { logStreamName } : {};
    return { containerInstanceArn, taskArn, ...stream };
  }
  const last = state.attempts.at(-1);
  return last ? attemptContainer(last) : {};
}
