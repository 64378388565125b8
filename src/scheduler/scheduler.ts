import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';
import { Admission } from './admission.ts';
import { requestOf } from './amount.ts';
import { explainWaiting, limitsOf, openQueues } from './explanation.ts';
import { Model } from './model.ts';
import { Ranking } from './ranking.ts';
import type { SchedulerEvent, SchedulerEventKind } from './scheduler-event.ts';
import type { PlacementReason, WaitingReason } from './waiting-reason.ts';

/** One job is to start in one compute environment. The model has taken it in already. */
export interface Decision {
  readonly jobId: JobId;
  readonly computeEnvironmentArn: string;
  /** What the job takes of the host, and is held to. */
  readonly footprint: ResourceRequest;
  readonly reason: PlacementReason;
}

export interface Plan {
  readonly decisions: readonly Decision[];
  /** Another plan, at once, would decide more. */
  readonly more: boolean;
}

/** A waiting job in its place, 1 for the head. */
export interface FrontJob {
  readonly jobId: JobId;
  readonly position: number;
  readonly sequence: number;
}

/** How full everything is. */
export interface SchedulerStats {
  readonly waiting: number;
  readonly running: number;
  readonly host: { readonly capacity: ResourceRequest; readonly used: ResourceRequest };
  readonly queues: readonly { readonly arn: string; readonly waiting: number }[];
  readonly environments: readonly { readonly arn: string; readonly usedVcpus: number; readonly maxvCpus: number }[];
}

type Handler<Kind extends SchedulerEventKind> = (
  model: Model,
  event: Extract<SchedulerEvent, { readonly kind: Kind }>,
) => void;

const handlers: { readonly [Kind in SchedulerEventKind]: Handler<Kind> } = {
  'host-capacity': (model, { kind: _, ...capacity }) => model.setHost(capacity),
  'compute-environment-put': (model, { kind: _, ...settings }) => model.putEnvironment(settings),
  'compute-environment-removed': (model, { arn }) => model.removeEnvironment(arn),
  'job-queue-put': (model, { kind: _, ...settings }) => model.putQueue(settings),
  'job-queue-removed': (model, { arn }) => model.removeQueue(arn),
  'job-queued': (model, job) => model.enqueue(job),
  'job-removed': (model, { jobId }) => model.dequeue(jobId),
  'job-running': (model, job) => model.addRunning(job),
  'task-finished': (model, { jobId }) => model.finish(jobId),
};

/**
 * Decides which waiting job starts where. Pure and deterministic: no IO, no clock; after any events it plans exactly
 * what one built fresh from the stored state plans. Production, simulator and tests drive this same object.
 */
export class Scheduler {
  readonly #model = new Model();
  /** No event has come since a plan found nothing more to decide. */
  #settled = false;

  apply(event: SchedulerEvent): void {
    this.#settled = false;
    // The table's type ties each handler to its event; indexing by a union loses the tie.
    const handle = handlers[event.kind] as (model: Model, event: SchedulerEvent) => void;
    handle(this.#model, event);
  }

  /**
   * Starts what can start, at most `limit` jobs, in the order that queues are served; a head that cannot start blocks
   * its own queue. `_now` is for the decay of fair share: nothing here depends on it yet.
   */
  plan(_now: EpochMilliseconds, limit: number): Plan {
    const decisions: Decision[] = [];
    if (this.#settled) return { decisions, more: false };
    const admission = new Admission(this.#model);
    const ranking = new Ranking(openQueues(this.#model));
    for (let job = ranking.next(); job; job = ranking.next()) {
      const judgement = admission.judge(job);
      if (judgement.kind !== 'placeable') {
        admission.hold(job, judgement);
        continue;
      }
      if (decisions.length >= limit) return { decisions, more: true };
      const { environment, footprint, passedOver } = judgement;
      this.#model.place(job, environment);
      const reason = { kind: 'first-environment-that-fits', passedOver, limits: limitsOf(job, footprint) } as const;
      const computeEnvironmentArn = environment.arn;
      decisions.push({ jobId: job.jobId, computeEnvironmentArn, footprint: requestOf(footprint), reason });
      const head = job.queue.waiting.first();
      if (head) ranking.insert(head);
    }
    this.#settled = true;
    return { decisions, more: false };
  }

  /** Why a job waits; undefined for one that does not wait here. Computed when asked: nothing is kept. */
  explain(jobId: JobId): WaitingReason | undefined {
    const job = this.#model.waitingJob(jobId);
    return job && explainWaiting(this.#model, job);
  }

  /** The first `limit` waiting jobs of a queue in the order that they will start; none for an unknown queue. */
  front(queueArn: string, limit: number): readonly FrontJob[] {
    const jobs = this.#model.queue(queueArn)?.waiting.take(limit) ?? [];
    return jobs.map(({ jobId, sequence }, index) => ({ jobId, sequence, position: index + 1 }));
  }

  stats(): SchedulerStats {
    const model = this.#model;
    return {
      waiting: model.waitingCount,
      running: model.placedCount,
      host: { capacity: requestOf(model.host), used: requestOf(model.hostUsed) },
      queues: [...model.queues()].map(({ settings, waiting }) => ({ arn: settings.arn, waiting: waiting.size })),
      environments: [...model.environments()].map(({ arn, settings, usedVcpuMillis }) => ({
        arn,
        usedVcpus: usedVcpuMillis / 1000,
        maxvCpus: settings?.maxvCpus ?? 0,
      })),
    };
  }
}
