import type { JobId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';

/** The machine under all compute environments. */
export interface HostCapacity {
  /** May be more than the machine has: vCPUs may be overcommitted, by configuration. */
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

export interface ComputeEnvironmentSettings {
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: 'CREATING' | 'UPDATING' | 'VALID' | 'INVALID' | 'DELETING';
  readonly maxvCpus: number;
  /** Why the environment's engine cannot run tasks now; absent when it can. */
  readonly engineUnavailable?: string;
}

export interface JobQueueSettings {
  readonly arn: string;
  /** Greater is served first. */
  readonly priority: number;
  /** In ascending `order`: they are tried from the first. */
  readonly computeEnvironmentArns: readonly string[];
  /**
   * False while the queue is not VALID. A DISABLED queue still takes placements: it accepts no new jobs, and those in
   * it may finish (spec 03 §9.7).
   */
  readonly acceptsPlacement: boolean;
}

export interface QueuedJob {
  readonly jobId: JobId;
  readonly queueArn: string;
  /** Place in the queue, lowest first. Unique among all waiting jobs. A retried job gets one below all others. */
  readonly sequence: number;
  readonly request: ResourceRequest;
}

export interface RunningJob {
  readonly jobId: JobId;
  readonly queueArn: string;
  readonly computeEnvironmentArn: string;
  readonly request: ResourceRequest;
}

/**
 * What the scheduler is told. One that contradicts its model (a job queued twice, a queue removed with jobs in it)
 * throws `InvariantViolation` and changes nothing.
 */
export type SchedulerEvent =
  | ({ readonly kind: 'host-capacity' } & HostCapacity)
  | ({ readonly kind: 'compute-environment-put' } & ComputeEnvironmentSettings)
  | { readonly kind: 'compute-environment-removed'; readonly arn: string }
  | ({ readonly kind: 'job-queue-put' } & JobQueueSettings)
  /** No job may wait in it any more. */
  | { readonly kind: 'job-queue-removed'; readonly arn: string }
  | ({ readonly kind: 'job-queued' } & QueuedJob)
  /** A waiting job was cancelled. */
  | { readonly kind: 'job-removed'; readonly jobId: JobId }
  /** A job that runs already, told when the scheduler is rebuilt. Its own decisions it takes in by itself. */
  | ({ readonly kind: 'job-running' } & RunningJob)
  /** An attempt has ended, or its placement was undone. */
  | { readonly kind: 'task-finished'; readonly jobId: JobId };

export type SchedulerEventKind = SchedulerEvent['kind'];
