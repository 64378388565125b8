import { Scheduler } from './scheduler.ts';
import type {
  ComputeEnvironmentSettings,
  ConsumableSettings,
  JobQueueSettings,
  PoolSettings,
  QueuedJob,
  RunningJob,
} from './scheduler-event.ts';

/** What a scheduler is built from at start, and after a failed commit. */
export interface StoredModel {
  readonly pools: Iterable<PoolSettings>;
  readonly environments: Iterable<ComputeEnvironmentSettings>;
  readonly queues: Iterable<JobQueueSettings>;
  readonly consumables: Iterable<ConsumableSettings>;
  /** STARTING and RUNNING. */
  readonly running: Iterable<RunningJob>;
  /** RUNNABLE; fastest by ascending sequence. */
  readonly waiting: Iterable<QueuedJob>;
}

/** A scheduler that plans exactly what the one did whose decisions led to the stored state. */
export function schedulerFrom(stored: StoredModel): Scheduler {
  const scheduler = new Scheduler();
  for (const pool of stored.pools) scheduler.apply({ ...pool, kind: 'pool-capacity' });
  for (const environment of stored.environments) scheduler.apply({ ...environment, kind: 'compute-environment-put' });
  for (const queue of stored.queues) scheduler.apply({ ...queue, kind: 'job-queue-put' });
  for (const consumable of stored.consumables) scheduler.apply({ ...consumable, kind: 'consumable-put' });
  for (const job of stored.running) scheduler.apply({ ...job, kind: 'job-running' });
  for (const job of stored.waiting) scheduler.apply({ ...job, kind: 'job-queued' });
  return scheduler;
}
