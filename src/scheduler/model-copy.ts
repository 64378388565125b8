import type { JobId } from '../core/ids.ts';
import type { Environment, Model } from './model.ts';
import type { WaitingJob } from './queue.ts';
import type { SchedulerEvent, ShareName } from './scheduler-event.ts';

/** What waits in a share, in the order in which it starts; `share` is empty in a queue that is first in, first out. */
export interface WaitingShare extends ShareName {
  /** Elements: an array is one. */
  readonly size: number;
  readonly jobs: Iterable<WaitingElement>;
}

export interface WaitingElement {
  readonly jobId: JobId;
  /** How many of the children of an array. */
  readonly count: number;
}

/** What is to be told of a share once its jobs are known, and how many jobs it has that have not ended. */
export interface CopiedShare {
  readonly event: Extract<SchedulerEvent, { readonly kind: 'share-put' }>;
  readonly jobs: number;
}

/** What another scheduler is told before any job so that it has what this one has. Yields after each piece that it tells. */
export function* resourceEvents(model: Model): Generator<SchedulerEvent> {
  for (const { settings } of model.pools()) if (settings) yield { kind: 'pool-capacity', ...settings };
  for (const environment of model.environments()) yield* environmentEvents(environment);
  for (const { settings } of model.queues()) yield { kind: 'job-queue-put', ...settings };
  for (const { settings } of model.consumables.all()) if (settings) yield { kind: 'consumable-put', ...settings };
}

function* environmentEvents({ arn, settings, fleet }: Environment): Generator<SchedulerEvent> {
  if (!settings) return;
  yield { kind: 'compute-environment-put', ...settings };
  if (!fleet) return;
  yield { kind: 'fleet-put', computeEnvironmentArn: arn, ...fleet.stored() };
  for (const { id, order, type, vcpus, capacity, state, idleSince, reservedFor } of fleet.instances.all()) {
    const what = { id, order, type, vcpus, capacity, state, idleSince };
    const whose = reservedFor === undefined ? {} : { reservedFor };
    yield { kind: 'instance-put', computeEnvironmentArn: arn, ...what, ...whose };
  }
}

/** What it is told of shares once its jobs run and wait there: what they have used. */
export function* sharesOf(model: Model): Generator<CopiedShare> {
  for (const queue of model.queues()) {
    const { arn: queueArn, fairShare } = queue.settings;
    if (!fairShare) continue;
    for (const { identifier: share, usage, at, idleSince, jobs } of queue.shares()) {
      const since = idleSince === undefined ? {} : { idleSince };
      yield { event: { kind: 'share-put', queueArn, share, usage, at, ...since }, jobs };
    }
  }
}

/** The shares in which anything waits. */
export function* waitingShares(model: Model): Generator<WaitingShare> {
  for (const queue of model.queuesWithJobs()) {
    const { arn: queueArn } = queue.settings;
    for (const { identifier: share, waiting } of queue.shares())
      if (waiting.size > 0) yield { queueArn, share, size: waiting.size, jobs: elementsOf(waiting.from(() => true)) };
  }
}

function* elementsOf(jobs: Iterable<WaitingJob>): Generator<WaitingElement> {
  for (const { jobId, left = 1 } of jobs) yield { jobId, count: left };
}
