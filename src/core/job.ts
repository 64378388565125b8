import type { EpochMilliseconds, JobId, TaskId } from './ids.ts';

/** The states of a job, as AWS names them (spec 01 §7). */
export const jobStatuses = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export type JobStatus = (typeof jobStatuses)[number];

export type TerminalStatus = 'SUCCEEDED' | 'FAILED';

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** One rule of `retryStrategy.evaluateOnExit`, compiled: patterns that must all match, and what to do then. */
export interface ExitRule {
  readonly action: 'RETRY' | 'EXIT';
  readonly onExitCode?: string;
  readonly onReason?: string;
  readonly onStatusReason?: string;
}

/** How often a failed job is tried. Spec 01 §9, 02 §8. */
export interface RetryStrategy {
  /** 1 to 10, the first try included. */
  readonly attempts: number;
  readonly evaluateOnExit: readonly ExitRule[];
}

/**
 * Why a task ended, as engines report it. `exited`: its first process did. `stopped`: by a stop. `failed-to-start`:
 * nothing ran. `lost`: the host, runner or engine died with it, and it will not be known whether it finished.
 */
export type EndCause = 'exited' | 'stopped' | 'failed-to-start' | 'lost';

/** What became of one container of one attempt. */
export interface ContainerOutcome {
  readonly name: string;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt: EpochMilliseconds;
  /** 0 to 255; 128 + n after signal n; absent if the container never started or its host was lost. */
  readonly exitCode?: number;
  /** The signal that ended the container's first process, such as `SIGKILL`. */
  readonly signal?: string;
  /** Why it ended, when that is not plain from the exit code: `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason?: string;
  /** User and system CPU time of all its processes. */
  readonly cpuSeconds?: number;
  /** The most memory that its processes held at once. */
  readonly peakMemoryBytes?: number;
  readonly logStreamName?: string;
}

/** One finished attempt, as DescribeJobs lists it. */
export interface AttemptRecord {
  readonly taskId: TaskId;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt: EpochMilliseconds;
  readonly statusReason: string;
  readonly containers: readonly ContainerOutcome[];
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  /** What the engine could not give of what was asked, in words. Never matched by retry rules. */
  readonly notes?: readonly string[];
}

/** A user or the service wants the job to end: it ends FAILED whatever its exit code, and is never retried. */
export interface StopRequest {
  readonly kind: 'cancel' | 'terminate' | 'timeout';
  readonly reason: string;
  readonly requestedAt: EpochMilliseconds;
}

/** Where the current attempt runs. */
export interface Placement {
  readonly taskId: TaskId;
  readonly computeEnvironmentArn: string;
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  readonly logStreamName?: string;
  /** The pool of machines whose capacity it takes, as its engine calls it. */
  readonly pool: string;
  /** The instance that it runs on, as its engine calls it: `i-...`, shown when it is lost. */
  readonly instance: string;
  readonly placedAt: EpochMilliseconds;
  /** As in `AttemptRecord`, while the attempt runs. */
  readonly notes?: readonly string[];
}

/** What every job carries through its states. */
interface JobCommon {
  readonly jobId: JobId;
  readonly retryStrategy: RetryStrategy;
  /** Seconds from an attempt's `startedAt` to its stop; absent means no limit. */
  readonly timeoutSeconds?: number;
  readonly attempts: readonly AttemptRecord[];
  readonly statusReason?: string;
  readonly stop?: StopRequest;
}

/** A single job's life: each state holds only its own data. `src/lifecycle` owns the transitions between them. */
export type JobState = JobCommon &
  (
    | { readonly status: 'SUBMITTED' }
    | {
        readonly status: 'PENDING' /** Ids of dependencies that have not yet succeeded. */;
        readonly waitingFor: readonly JobId[];
      }
    | { readonly status: 'RUNNABLE' }
    | { readonly status: 'STARTING'; readonly placement: Placement }
    | {
        readonly status: 'RUNNING';
        readonly placement: Placement;
        readonly startedAt: EpochMilliseconds /** When the timeout strikes. */;
        readonly deadline?: EpochMilliseconds;
      }
    | { readonly status: TerminalStatus; readonly startedAt?: EpochMilliseconds; readonly stoppedAt: EpochMilliseconds }
  );

/** What a job asks of the scheduler. */
export interface ResourceRequest {
  /** Whole or fractional vCPUs. */
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}
