import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { JobRequest, NodeRange, ResourceRequest } from '../core/job.ts';
import type { Decay } from './fair-share/decay.ts';
import type { ShareWeight } from './fair-share/weights.ts';
import type { FleetOptions, StoredFleet, StoredInstance } from './fleet/index.ts';

/** What an engine reports of a pool of machines. vCPUs may be more than the machines have (overcommitted), memory never. */
export interface PoolSettings extends ResourceRequest {
  readonly pool: string;
  /** The machine that its next jobs run on. */
  readonly instance: string;
  /**
   * The pool is one machine that holds a job to what it has: a request that is larger starts all the same. Otherwise a
   * request is taken whole, and one larger than the pool never starts.
   */
  readonly shrinks: boolean;
  /** Why nothing can start in the pool now; absent when it can. */
  readonly unavailable?: string;
  /** Most places at once, a multi-node job having one, and why there are no more. Absent: as many as there is capacity for. */
  readonly places?: { readonly most: number; readonly reason: string };
}

export interface ComputeEnvironmentSettings {
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly status: 'CREATING' | 'UPDATING' | 'VALID' | 'INVALID' | 'DELETING';
  /** Absent where it is not said: what its pool has, or as many as are registered. */
  readonly maxvCpus?: number;
  /** Of an unmanaged environment: what counts of it for the reservation of fair share queues. @default what is registered */
  readonly unmanagedvCpus?: number;
  /** Where its jobs run; absent while its engine has not said so. */
  readonly pool?: string;
  /** Why it never runs nodes of multi-node jobs; absent when it does. */
  readonly refusesNodes?: string;
  /** Why the environment's engine cannot run tasks now; absent when it can. */
  readonly engineUnavailable?: string;
  /** What keeps the service from acting by the environment's service role; absent where nothing does. */
  readonly roleRefused?: string;
  /** It has instances, and its jobs are placed on those. Absent: its jobs take vCPUs of its maxvCpus, and nothing is launched. */
  readonly fleet?: FleetOptions;
}

/** An instance of an environment. */
export interface InstanceName {
  readonly computeEnvironmentArn: string;
  readonly id: string;
}

export interface JobQueueSettings {
  readonly arn: string;
  /** Greater is served first. */
  readonly priority: number;
  /** In ascending `order`: they are tried from the first. */
  readonly computeEnvironmentArns: readonly string[];
  /**
   * False while the queue is not VALID, or held. A DISABLED queue still takes placements: it accepts no new jobs, and those in
   * it may finish (spec 03 §9.7).
   */
  readonly acceptsPlacement: boolean;
  /** Somebody holds it, and for that alone it accepts no placement. @default false */
  readonly isHeld?: boolean;
  /** Present: shares take turns. Absent: first in, first out. A queue never changes from one to the other. */
  readonly fairShare?: FairShareSettings;
}

/** How the shares of a queue take turns (spec 04 §10). */
export interface FairShareSettings {
  /** Since when what they have used fades how fast, in the order of time; at least one, the first from before all else. */
  readonly decays: readonly Decay[];
  /** 0 to 99: percent of the vCPUs that are kept for shares that are not active, to the power of how many are. */
  readonly computeReservation: number;
  /** What is not named weighs 1. */
  readonly weights: readonly ShareWeight[];
  /** What a head keeps back that does not fit: what waits behind it in its share, or the whole queue. */
  readonly blocking: 'share' | 'queue';
}

/** Names a share of a queue. */
export interface ShareName {
  readonly queueArn: string;
  readonly share: string;
}

/** What has to be known of a share beside its jobs. */
export interface StoredShare extends ShareName {
  /** Decayed vCPU-seconds at `at`, when what its jobs hold changed last. */
  readonly usage: number;
  readonly at: EpochMilliseconds;
  /** When its last job ended; without meaning while it has any. */
  readonly idleSince?: EpochMilliseconds;
}

export interface QueuedJob {
  readonly jobId: JobId;
  readonly queueArn: string;
  /** Place in the queue, lowest first. Unique among all waiting jobs. A retried job gets one below all others. */
  readonly sequence: number;
  /** Of one child, if the job is an array; of all nodes together, if it is a multi-node job. */
  readonly request: JobRequest;
  /** Of a multi-node job: what its nodes ask for, all of them, in order. They are placed together. */
  readonly nodes?: readonly NodeRange[];
  /**
   * For an array: how many of its children may start now. They wait as one, each decision takes one of them, and whoever
   * asked picks which. Told again, it adds to those that wait. Absent for a job that is no array.
   */
  readonly count?: number;
  /** Its share identifier; absent in a queue that is first in, first out. */
  readonly share?: string | undefined;
  /** Greater ones come first within a share. @default 0 */
  readonly priority?: number;
  /** How long an attempt may last, from when it runs. Absent: for ever. */
  readonly timeoutSeconds?: number | undefined;
}

/** Which of a job's places: children of one array run in several. */
export interface HeldPlaceId {
  readonly computeEnvironmentArn: string;
  /** Where it was placed; stays, whatever becomes of the environment. */
  readonly pool: string;
  /** Undefined for a multi-node job: each of its nodes has its own, and all are freed at once. */
  readonly instance: string | undefined;
}

export interface RunningJob extends HeldPlaceId {
  readonly jobId: JobId;
  readonly queueArn: string;
  readonly request: JobRequest;
  /** Children of an array that run there, as in `QueuedJob`. */
  readonly count?: number;
  /** Of a multi-node job: those of its nodes. */
  readonly instances?: readonly string[];
  /** As in `QueuedJob`. */
  readonly share?: string | undefined;
  /** The same. */
  readonly timeoutSeconds?: number | undefined;
  /** As in `task-ends`; of each of `count`. */
  readonly endsAt?: EpochMilliseconds | undefined;
}

/** A consumable resource that jobs may need. */
export interface ConsumableSettings {
  readonly arn: string;
  /** Of all that there is of it, what placed jobs hold included. */
  readonly total: number;
  /** What a job held comes back at its end. Otherwise it is gone, and whoever says so puts the lower total. */
  readonly replenishes: boolean;
}

/**
 * What the scheduler is told. One that contradicts its model (a job queued twice, a queue removed with jobs in it)
 * throws `InvariantViolation` and changes nothing.
 */
export type SchedulerEvent =
  | ({ readonly kind: 'pool-capacity' } & PoolSettings)
  /** No engine reports it any more. Jobs that run in it hold their places on. */
  | { readonly kind: 'pool-removed'; readonly pool: string }
  | ({ readonly kind: 'compute-environment-put' } & ComputeEnvironmentSettings)
  | { readonly kind: 'compute-environment-removed'; readonly arn: string }
  /** What is stored of a fleet: told when the scheduler is rebuilt, and when another size is asked for. */
  | ({ readonly kind: 'fleet-put'; readonly computeEnvironmentArn: string } & StoredFleet)
  /** An instance that is stored, told when the scheduler is rebuilt, before the jobs that run, or has been registered. Its own launches it takes in by itself. */
  | ({ readonly kind: 'instance-put'; readonly computeEnvironmentArn: string } & StoredInstance)
  /** It takes jobs from now on. */
  | ({ readonly kind: 'instance-ready' } & InstanceName)
  /** It never came. */
  | ({ readonly kind: 'instance-failed' } & InstanceName)
  /** It takes no more jobs, and ends with the last of those that run on it. */
  | ({ readonly kind: 'instance-closed' } & InstanceName)
  | ({ readonly kind: 'job-queue-put' } & JobQueueSettings)
  /** No job may wait in it any more. */
  | { readonly kind: 'job-queue-removed'; readonly arn: string }
  | ({ readonly kind: 'consumable-put' } & ConsumableSettings)
  /** What jobs hold of it they hold on, should it come back. */
  | { readonly kind: 'consumable-removed'; readonly arn: string }
  | ({ readonly kind: 'job-queued' } & QueuedJob)
  /** A waiting job was cancelled; `count` of the children of an array, all of them if absent. */
  | { readonly kind: 'job-removed'; readonly jobId: JobId; readonly count?: number }
  /** A job of a share has come, whatever it waits for, or has ended. Of a queue that is first in, first out it need not be told. */
  | ({ readonly kind: 'share-jobs'; readonly by: 1 | -1 } & ShareName)
  /** What is stored of a share, told when the scheduler is rebuilt, after the jobs that run. */
  | ({ readonly kind: 'share-put' } & StoredShare)
  /** A share that has no jobs is as if it never was. */
  | ({ readonly kind: 'share-removed' } & ShareName)
  /** A job that runs already, told when the scheduler is rebuilt. Its own decisions it takes in by itself. */
  | ({ readonly kind: 'job-running' } & RunningJob)
  /**
   * It is known when an attempt is ended at the latest, or known otherwise: its timeout strikes then, or it is being stopped since. `before`: what was told
   * last of this one. Absent: not known, which one with a timeout is that does not run yet.
   */
  | ({
      readonly kind: 'task-ends';
      readonly jobId: JobId;
      readonly before?: EpochMilliseconds | undefined;
      readonly endsAt?: EpochMilliseconds | undefined;
    } & HeldPlaceId)
  /** An attempt has ended, or its placement was undone: the place is free that was decided, or told as running. `endsAt`: what was told last of it. */
  | ({
      readonly kind: 'task-finished';
      readonly jobId: JobId;
      readonly endsAt?: EpochMilliseconds | undefined;
    } & HeldPlaceId);

export type SchedulerEventKind = SchedulerEvent['kind'];
