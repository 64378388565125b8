import type { EpochMilliseconds } from '../core/ids.ts';
import type { StoredFleet, StoredInstance } from './fleet/index.ts';
import { Scheduler } from './scheduler.ts';
import type {
  ComputeEnvironmentSettings,
  ConsumableSettings,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
  ShareName,
  StoredShare,
} from './scheduler-event.ts';

/** What a scheduler is built from at start, and after a failed commit. */
export interface StoredModel {
  readonly pools: Iterable<PoolSettings>;
  readonly environments: Iterable<ComputeEnvironmentSettings>;
  /** Of environments that have one. */
  readonly fleets: Iterable<StoredFleet & { readonly computeEnvironmentArn: string }>;
  readonly instances: Iterable<StoredInstance & { readonly computeEnvironmentArn: string }>;
  readonly queues: Iterable<JobQueueSettings>;
  readonly consumables: Iterable<ConsumableSettings>;
  /** STARTING and RUNNING. */
  readonly running: Iterable<RunningJob>;
  /** RUNNABLE; fastest by ascending sequence. */
  readonly waiting: Iterable<QueuedJob>;
  /** Of each job that has not ended and has a share. */
  readonly jobsOfShares: Iterable<ShareName>;
  readonly shares: Iterable<StoredShare>;
}

/** A scheduler that plans exactly what the one did whose decisions led to the stored state. */
export function schedulerFrom(stored: StoredModel, now: EpochMilliseconds): Scheduler {
  const scheduler = new Scheduler();
  for (const pool of stored.pools) scheduler.apply({ ...pool, kind: 'pool-capacity' }, now);
  for (const environment of stored.environments)
    scheduler.apply({ ...environment, kind: 'compute-environment-put' }, now);
  for (const fleet of stored.fleets) scheduler.apply({ ...fleet, kind: 'fleet-put' }, now);
  for (const instance of stored.instances) scheduler.apply({ ...instance, kind: 'instance-put' }, now);
  for (const queue of stored.queues) scheduler.apply({ ...queue, kind: 'job-queue-put' }, now);
  for (const consumable of stored.consumables) scheduler.apply({ ...consumable, kind: 'consumable-put' }, now);
  for (const job of stored.running) scheduler.apply({ ...job, kind: 'job-running' }, now);
  for (const job of stored.waiting) scheduler.apply({ ...job, kind: 'job-queued' }, now);
  for (const name of stored.jobsOfShares) scheduler.apply({ ...name, kind: 'share-jobs', by: 1 }, now);
  for (const share of stored.shares) scheduler.apply({ ...share, kind: 'share-put' }, now);
  return scheduler;
}
