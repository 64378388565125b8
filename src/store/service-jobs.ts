import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { Caller } from '../core/job.ts';
import type { JobListPlace } from './queries.ts';
import type { Tags } from './records.ts';

/** Where a service job stands. No service runs any: it waits until somebody ends it. */
export type ServiceJobState =
  | { readonly status: 'RUNNABLE' }
  | {
      readonly status: 'FAILED';
      readonly statusReason: string;
      readonly stoppedAt: EpochMilliseconds;
      /** Who asked for it. Absent: the service itself. */
      readonly stoppedBy?: Caller;
    };

export type ServiceJobStatus = ServiceJobState['status'];
export const serviceJobStatuses: readonly ServiceJobStatus[] = ['RUNNABLE', 'FAILED'];

/** A request to another service that waits in a job queue (spec 09, 2025-07-29), less the request itself, which never changes. */
export interface ServiceJobRecord extends Scope {
  readonly jobId: JobId;
  readonly jobName: string;
  readonly jobQueueArn: string;
  readonly serviceJobType: string;
  readonly createdAt: EpochMilliseconds;
  readonly shareIdentifier?: string;
  readonly quotaShareName?: string;
  /** As given. Absent: it was not. */
  readonly schedulingPriority?: number;
  /** Of those that wait in a queue the highest is first, then the oldest: 0 of all where the queue has no policy. */
  readonly rank: number;
  /** What it will take of the service: so many of each kind. Empty where its request does not say. */
  readonly capacity: readonly ServiceCapacity[];
  /** As given; here nothing is ever tried. */
  readonly retryStrategy?: ServiceRetryStrategy;
  /** As given, in seconds. */
  readonly attemptDurationSeconds?: number;
  /** As given: how often it may be preempted and begun again. */
  readonly preemptionRetries?: number;
  /** Absent for one that the service itself submitted. */
  readonly submittedBy?: Caller;
  readonly tags: Tags;
  readonly state: ServiceJobState;
}

export interface ServiceCapacity {
  /** An instance type. */
  readonly unit: string;
  readonly quantity: number;
}

export interface ServiceRetryStrategy {
  readonly attempts: number;
  readonly evaluateOnExit?:
    | readonly { readonly action?: 'RETRY' | 'EXIT' | undefined; readonly onStatusReason?: string | undefined }[]
    | undefined;
}

export interface StoredServiceJob {
  readonly record: ServiceJobRecord;
  /** The request to the service, as given. */
  readonly payload: string;
}

/** The service jobs of a queue, newest first; `after` is the `next` of the page before. */
export interface ServiceJobListQuery {
  readonly jobQueueArn: string;
  /** Absent: every status. */
  readonly statuses?: readonly ServiceJobStatus[];
  /** Lower case is compared with lower case. A trailing `*` matches any rest. */
  readonly jobName?: string;
  readonly shareIdentifier?: string;
  readonly quotaShareName?: string;
  /** Exclusive bounds on createdAt. */
  readonly createdBefore?: EpochMilliseconds;
  readonly createdAfter?: EpochMilliseconds;
  readonly after?: JobListPlace;
  readonly limit: number;
}

export interface ServiceJobPage {
  readonly jobs: readonly ServiceJobRecord[];
  readonly next?: JobListPlace;
}

/** How many there are. */
export interface ServiceJobTotals {
  readonly waiting: number;
  readonly finished: number;
}

/** What lists and sweeps go by, in columns; the rest is JSON. */
export interface ServiceJobColumns {
  readonly rank: number;
  readonly status: ServiceJobStatus;
  readonly stoppedAt: EpochMilliseconds | null;
}

export function serviceJobColumns({ rank, state }: ServiceJobRecord): ServiceJobColumns {
  return { rank, status: state.status, stoppedAt: state.status === 'FAILED' ? state.stoppedAt : null };
}
