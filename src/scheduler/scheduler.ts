import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { PlaceId, ResourceRequest } from '../core/job.ts';
import { Admission, type Judgement } from './admission.ts';
import { requestOf } from './amount.ts';
import { BlockedHeads, type BlockedNotes } from './blocked-heads.ts';
import type { EnvironmentVerdict } from './environment-verdict.ts';
import {
  blockedReason,
  explainHopeless,
  explainWaiting,
  type KnownHeads,
  notAccepting,
  openQueues,
} from './explanation.ts';
import { Model } from './model.ts';
import type { Limit } from './pool.ts';
import { footprintOf, limitsOf } from './pool.ts';
import type { WaitingJob } from './queue.ts';
import { Ranking } from './ranking.ts';
import type { QueuedJob, SchedulerEvent, SchedulerEventKind } from './scheduler-event.ts';
import type { BlockedChange, HopelessReason, PlacementReason, WaitingReason } from './waiting-reason.ts';

/** Something is to happen. The model has taken it in already. */
export type Decision = PlaceDecision | PlaceGangDecision;

/** One job, or one child of an array, is to start in one place of a compute environment. */
export interface PlaceDecision extends PlaceId {
  readonly kind: 'place';
  readonly jobId: JobId;
  readonly computeEnvironmentArn: string;
  readonly reason: PlacementReason;
}

/** All nodes of a multi-node job are to start. */
export interface PlaceGangDecision {
  readonly kind: 'place-gang';
  readonly jobId: JobId;
  readonly computeEnvironmentArn: string;
  readonly pool: string;
  /** Of each node, in the order of their indexes. */
  readonly instances: readonly string[];
  readonly reason: PlacementReason;
}

export interface Plan {
  readonly decisions: readonly Decision[];
  /** Another plan, at once, would decide more. */
  readonly more: boolean;
  /** When to plan again though no event comes: what is due then follows from time alone. Absent: nothing is. */
  readonly wakeAt?: EpochMilliseconds;
  /** Heads that are blocked since the last plan, or for another reason, and those that no longer are. */
  readonly blocked: readonly BlockedChange[];
}

/** How full everything is. */
export interface SchedulerStats {
  readonly waiting: number;
  readonly running: number;
  readonly pools: readonly {
    readonly pool: string;
    readonly capacity: ResourceRequest;
    readonly used: ResourceRequest;
    readonly places: number;
  }[];
  readonly queues: readonly { readonly arn: string; readonly waiting: number }[];
  readonly environments: readonly { readonly arn: string; readonly usedVcpus: number }[];
}

/** A waiting job at the front of its queue, or `count` children of an array. */
export interface FrontEntry {
  readonly jobId: JobId;
  readonly count: number;
}

/** A job that was only tried. */
export interface Trial {
  readonly waiting: WaitingReason;
  /** Why it could never start, if so. */
  readonly hopeless?: HopelessReason;
  /** One for each environment of its queue, in order. */
  readonly verdicts: readonly EnvironmentVerdict[];
  readonly limits: readonly Limit[];
}

type Handler<Kind extends SchedulerEventKind> = (
  model: Model,
  event: Extract<SchedulerEvent, { readonly kind: Kind }>,
) => void;

const handlers: { readonly [Kind in SchedulerEventKind]: Handler<Kind> } = {
  'pool-capacity': (model, { kind: _, ...settings }) => model.putPool(settings),
  'pool-removed': (model, { pool }) => model.removePool(pool),
  'compute-environment-put': (model, { kind: _, ...settings }) => model.putEnvironment(settings),
  'compute-environment-removed': (model, { arn }) => model.removeEnvironment(arn),
  'job-queue-put': (model, { kind: _, ...settings }) => model.putQueue(settings),
  'job-queue-removed': (model, { arn }) => model.removeQueue(arn),
  'consumable-put': (model, { kind: _, ...settings }) => model.consumables.put(settings),
  'consumable-removed': (model, { arn }) => model.consumables.remove(arn),
  'job-queued': (model, job) => model.enqueue(job),
  'job-removed': (model, { jobId, count }) => model.dequeue(jobId, count),
  'job-running': (model, job) => model.addRunning(job),
  'task-finished': (model, { kind: _, jobId, ...place }) => model.finish(jobId, place),
};

/**
 * Decides which waiting job starts where. Pure and deterministic: no IO, no clock; after any events it plans exactly
 * what one built fresh from the stored state plans. Production, simulator and tests drive this same object.
 */
export class Scheduler {
  readonly #model = new Model();
  readonly #blocked = new BlockedHeads();
  /** Why the heads wait that were asked about since the model last changed: a page of one queue's jobs asks a thousand times. */
  readonly #heads: KnownHeads = new Map();
  /** No event has come since a plan found nothing more to decide. */
  #settled = false;

  apply(event: SchedulerEvent): void {
    this.#settled = false;
    // A map makes itself a new table each time that it is cleared: a load tells of a million jobs.
    if (this.#heads.size > 0) this.#heads.clear();
    // The table's type ties each handler to its event; indexing by a union loses the tie.
    const handle = handlers[event.kind] as (model: Model, event: SchedulerEvent) => void;
    handle(this.#model, event);
  }

  /**
   * Starts what can start, at most `limit` jobs, in the order that queues are served; a head that cannot start blocks
   * its own queue. `_now` is for the decay of fair share: nothing here depends on it yet, and no plan has a `wakeAt`.
   */
  plan(_now: EpochMilliseconds, limit: number): Plan {
    if (this.#settled) return { decisions: [], more: false, blocked: [] };
    this.#heads.clear();
    const decisions: Decision[] = [];
    const notes = this.#blocked.begin();
    const admission = new Admission(this.#model);
    const ranking = new Ranking(openQueues(this.#model));
    for (let job = ranking.next(); job; job = ranking.next()) {
      const judgement = admission.judge(job);
      if (judgement.kind === 'blocked') {
        admission.hold(job, judgement);
        notes.block(job, blockedReason(judgement));
        continue;
      }
      if (decisions.length >= limit) return { decisions, more: true, blocked: notes.changes(false) };
      decisions.push(this.#place(job, judgement));
      notes.started(job.queue);
      const head = job.queue.first();
      if (head) ranking.insert(head);
    }
    this.#noteClosed(notes);
    this.#settled = true;
    return { decisions, more: false, blocked: notes.changes(true) };
  }

  #place(job: WaitingJob, { environment, pool, passedOver }: Extract<Judgement, { kind: 'placeable' }>): Decision {
    const reason = { kind: 'first-environment-that-fits', passedOver, limits: limitsOf(job, pool) } as const;
    const { instance = '' } = pool.settings ?? {};
    const { jobId, nodes } = job;
    this.#model.place(job, environment, pool, nodes === undefined ? instance : undefined);
    const place = { jobId, computeEnvironmentArn: environment.arn, pool: pool.id, reason };
    if (nodes === undefined) return { kind: 'place', ...place, instance };
    return { kind: 'place-gang', ...place, instances: Array<string>(nodes).fill(instance) };
  }

  #noteClosed(notes: BlockedNotes): void {
    for (const queue of this.#model.queuesWithJobs()) {
      const head = queue.first();
      if (head && !queue.settings.acceptsPlacement) notes.block(head, notAccepting(queue));
    }
  }

  /** What a job that runs there takes of a pool, and is held to; undefined if it holds no place in it. */
  footprint(jobId: JobId, poolId: string): ResourceRequest | undefined {
    const place = this.#model.placesOf(jobId).find(({ pool }) => pool.id === poolId);
    return place && requestOf(footprintOf(place.wanted, place.pool));
  }

  /** Why a waiting job can never start, as the environments of its queue are; undefined for any other. */
  hopeless(jobId: JobId): HopelessReason | undefined {
    const job = this.#model.waitingJob(jobId);
    return job && explainHopeless(this.#model, job);
  }

  /**
   * In which dimensions a job is held to less than it asked for: where it runs (an array's child that is held to the
   * least), or, while it waits and can start, in the first environment of its queue.
   */
  limits(jobId: JobId): readonly Limit[] {
    const places = this.#model.placesOf(jobId);
    if (places.length > 0) return mostLimited(places.map(({ wanted, pool }) => limitsOf(wanted, pool)));
    const job = this.hopeless(jobId) ? undefined : this.#model.waitingJob(jobId);
    const pool = this.#model.poolOf(this.#model.environment(job?.queue.settings.computeEnvironmentArns[0] ?? ''));
    return job && pool ? limitsOf(job, pool) : [];
  }

  /**
   * The first `limit` jobs of a queue in the order that they start, if all fitted at once: an array as one entry with how many of its
   * children are among them. Costs what it answers.
   */
  front(queueArn: string, limit: number): readonly FrontEntry[] {
    const entries: FrontEntry[] = [];
    let room = limit;
    for (const { jobId, left = 1 } of this.#model.queue(queueArn)?.inOrder() ?? []) {
      if (room <= 0) break;
      entries.push({ jobId, count: Math.min(left, room) });
      room -= left;
    }
    return entries;
  }

  /** In which queue a job waits, by its ARN; undefined for one that does not. */
  queueOf(jobId: JobId): string | undefined {
    return this.#model.waitingJob(jobId)?.queue.settings.arn;
  }

  /** Why a job waits; undefined for one that does not wait here. Computed when asked, once for each queue and event. */
  explain(jobId: JobId): WaitingReason | undefined {
    const job = this.#model.waitingJob(jobId);
    return job && explainWaiting(this.#model, job, this.#heads);
  }

  /** How many units of a consumable resource placed jobs hold. More than there are only after the total was lowered. */
  heldOf(consumableArn: string): number {
    return this.#model.consumables.get(consumableArn)?.held ?? 0;
  }

  /**
   * What would be said of a job that came now, last of its queue, and what each environment could do for it, were it alone. Leaves
   * everything as it was: the same is planned as without it.
   */
  tryOut(queued: QueuedJob): Trial {
    this.#model.enqueue(queued);
    try {
      const job = this.#model.waitingJob(queued.jobId);
      invariant(job, `job ${queued.jobId} does not wait`);
      // Not among the known ones: it may be the head itself.
      const waiting = explainWaiting(this.#model, job, new Map());
      const hopeless = explainHopeless(this.#model, job);
      const verdicts = new Admission(this.#model).verdicts(job);
      return { waiting, ...(hopeless && { hopeless }), verdicts, limits: this.limits(queued.jobId) };
    } finally {
      this.#model.dequeue(queued.jobId, queued.count);
    }
  }

  stats(): SchedulerStats {
    const model = this.#model;
    return {
      waiting: model.waitingCount,
      running: model.placedCount,
      pools: [...model.pools()].map(({ id, capacity, used, places }) => ({
        pool: id,
        capacity: requestOf(capacity),
        used: requestOf(used),
        places,
      })),
      queues: [...model.queues()].map(({ settings, size }) => ({ arn: settings.arn, waiting: size })),
      environments: [...model.environments()].map(({ arn, usedVcpuMillis }) => ({
        arn,
        usedVcpus: usedVcpuMillis / 1000,
      })),
    };
  }
}

/** The limits under which least is given, whatever the order of the places. */
function mostLimited(limits: readonly (readonly Limit[])[]): readonly Limit[] {
  const given = (of: readonly Limit[], resource: Limit['resource']) =>
    of.find((limit) => limit.resource === resource)?.given ?? Number.POSITIVE_INFINITY;
  return limits.reduce((least, other) => {
    const [memory, otherMemory] = [given(least, 'memoryMiB'), given(other, 'memoryMiB')];
    if (memory !== otherMemory) return memory < otherMemory ? least : other;
    return given(other, 'vcpus') < given(least, 'vcpus') ? other : least;
  });
}
