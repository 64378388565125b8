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
  noKnownHeads,
  notAccepting,
  openQueues,
  standingOf,
} from './explanation.ts';
import { usageAt } from './fair-share/decay.ts';
import type { FleetInstance, StoredFleet } from './fleet/index.ts';
import { type InstanceDecision, lacksInstances, planInstances } from './instance-plan.ts';
import { Model } from './model.ts';
import { type CopiedShare, resourceEvents, sharesOf, type WaitingShare, waitingShares } from './model-copy.ts';
import type { Limit } from './pool.ts';
import { footprintOf, limitsOf } from './pool.ts';
import type { Lane, WaitingJob } from './queue.ts';
import { QueueTurns } from './queue-turns.ts';
import { settleReservations } from './reservations.ts';
import type {
  InstanceName,
  QueuedJob,
  SchedulerEvent,
  SchedulerEventKind,
  ShareName,
  StoredShare,
} from './scheduler-event.ts';
import type { BlockedChange, HopelessReason, PlacementReason, Standing, WaitingReason } from './waiting-reason.ts';

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
  /** To be carried out before those: jobs are placed on instances that earlier plans launched. */
  readonly instances: readonly InstanceDecision[];
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

/** A job that was only tried. */
export interface Trial {
  readonly waiting: WaitingReason;
  /** Why it could never start, if so. */
  readonly hopeless?: HopelessReason;
  /** One for each environment of its queue, in order. */
  readonly verdicts: readonly EnvironmentVerdict[];
  readonly limits: readonly Limit[];
}

/** An instance that no job runs on. */
export interface IdleInstanceName extends InstanceName {
  readonly idleSince: EpochMilliseconds;
}

/** How many shares of a queue are active. */
export interface ActiveShares {
  readonly count: number;
  readonly isActive: boolean;
}

/** How a queue stands. */
export interface QueueStanding {
  /** Of its jobs that hold a place. */
  readonly heldVcpus: number;
  /** Those that hold most, or else have used most times their weight, and how many are active. Absent: first in, first out. */
  readonly shares?: { readonly active: number; readonly most: readonly Standing[] };
}

/** vCPU-seconds: a thousandth of what a single job counts for at once. */
const faded = 0.001;

type Handler<Kind extends SchedulerEventKind> = (
  model: Model,
  event: Extract<SchedulerEvent, { readonly kind: Kind }>,
  now: EpochMilliseconds,
) => void;

const handlers: { readonly [Kind in SchedulerEventKind]: Handler<Kind> } = {
  'pool-capacity': (model, { kind: _, ...settings }) => model.putPool(settings),
  'pool-removed': (model, { pool }) => model.removePool(pool),
  'compute-environment-put': (model, { kind: _, ...settings }) => model.putEnvironment(settings),
  'compute-environment-removed': (model, { arn }) => model.removeEnvironment(arn),
  'fleet-put': (model, { kind: _, computeEnvironmentArn, ...stored }) =>
    model.fleet(computeEnvironmentArn).restore(stored),
  'instance-put': (model, { kind: _, computeEnvironmentArn, ...stored }) =>
    model.fleet(computeEnvironmentArn).instances.restore(stored, []),
  'instance-ready': (model, { computeEnvironmentArn, id }, now) => model.fleet(computeEnvironmentArn).ready(id, now),
  'instance-failed': (model, { computeEnvironmentArn, id }, now) => model.fleet(computeEnvironmentArn).failed(id, now),
  'instance-closed': (model, { computeEnvironmentArn, id }) => model.fleet(computeEnvironmentArn).instances.close(id),
  'job-queue-put': (model, { kind: _, ...settings }) => model.putQueue(settings),
  'job-queue-removed': (model, { arn }) => model.removeQueue(arn),
  'consumable-put': (model, { kind: _, ...settings }) => model.consumables.put(settings),
  'consumable-removed': (model, { arn }) => model.consumables.remove(arn),
  'job-queued': (model, job) => model.enqueue(job),
  'job-removed': (model, { jobId, count }) => model.dequeue(jobId, count),
  'share-jobs': (model, { by, ...name }, now) => model.countJobs(name, by, now),
  'share-put': (model, { kind: _, ...share }) => model.putShare(share),
  'share-removed': (model, name) => model.removeShare(name),
  'job-running': (model, job, now) => model.addRunning(job, now),
  'task-ends': (model, { kind: _, jobId, before, endsAt, ...place }) => model.changeEnd(jobId, place, before, endsAt),
  'task-finished': (model, { kind: _, jobId, endsAt, ...place }, now) => model.finish(jobId, place, endsAt, now),
};

/**
 * Decides which waiting job starts where. Pure and deterministic: no IO, no clock; after any events it plans exactly
 * what one built fresh from the stored state plans. Production, simulator and tests drive this same object.
 */
export class Scheduler {
  readonly #model = new Model();
  readonly #blocked = new BlockedHeads();
  /** Why the heads wait that were asked about since the model last changed: a page of one queue's jobs asks a thousand times. */
  #known: KnownHeads = noKnownHeads();
  /** Of when `#known` is. */
  #knownAt: EpochMilliseconds = 0;
  /** When a plan found nothing more to decide; undefined once an event has come. */
  #settledAt: EpochMilliseconds | undefined;
  /** When instances are due to be looked at again, as that plan said. */
  #wakeAt: EpochMilliseconds | undefined;
  /** The latest time that was told: shares use on, and never back. */
  #now: EpochMilliseconds = 0;

  /** Takes in what happened at `now`, which never goes back: an earlier one is taken as the latest. */
  apply(event: SchedulerEvent, now: EpochMilliseconds): void {
    this.#advance(now);
    this.#settledAt = undefined;
    this.#forgetKnown();
    // The table's type ties each handler to its event; indexing by a union loses the tie.
    const handle = handlers[event.kind] as (model: Model, event: SchedulerEvent, now: EpochMilliseconds) => void;
    handle(this.#model, event, this.#now);
  }

  /**
   * Starts what can start, at most `limit` jobs, in the order that queues are served, and shares within them; a head that cannot start
   * blocks its share, which may be its whole queue. Once nothing more can start it launches what those lack that wait, and ends instances
   * that nobody needs. With time alone shares change their order, but nothing comes free: `wakeAt` is of instances.
   */
  plan(now: EpochMilliseconds, limit: number): Plan {
    this.#advance(now);
    if (this.#isSettled()) return { decisions: [], instances: [], more: false, blocked: [], ...this.#wake() };
    this.#forgetKnown();
    const decisions: Decision[] = [];
    const notes = this.#blocked.begin();
    let lacking = new Set<Lane>();
    let [admission, turns] = this.#begin();
    for (let job = turns.next(); job; job = turns.next()) {
      const judgement = admission.judge(job);
      if (judgement.kind === 'blocked') {
        admission.hold(job, judgement);
        notes.block(job, () => blockedReason(job, judgement));
        if (job.share.lane && lacksInstances(judgement)) lacking.add(job.share.lane);
        turns.blocked();
        continue;
      }
      if (decisions.length >= limit)
        return { decisions, instances: this.#reserve(admission), more: true, blocked: notes.changes(false) };
      decisions.push(this.#place(job, judgement));
      notes.started(job);
      if (turns.started() && !admission.isStaleAfter(job)) continue;
      lacking = new Set();
      settleReservations(this.#model, admission.reservations, false);
      [admission, turns] = this.#begin();
    }
    // What heads lack that were judged before a start may be something else now.
    if (decisions.length > 0 && this.#model.fleets().length > 0)
      return { decisions, instances: this.#reserve(admission), more: true, blocked: notes.changes(false) };
    this.#noteClosed(notes);
    // What nobody waits for any more is there for others: in the next plan.
    const hasFreed = settleReservations(this.#model, admission.reservations, true);
    const planned = planInstances(this.#model, { lacking, needed: admission.needed }, this.#now);
    const { wakeAt } = planned;
    const instances = [...this.#reservedAnew(), ...planned.decisions];
    const more = planned.more || hasFreed;
    this.#settledAt = more ? undefined : this.#now;
    this.#wakeAt = wakeAt;
    return { decisions, instances, more, blocked: notes.changes(true), ...this.#wake() };
  }

  /** What heads wait for stays theirs until a plan has come to all of them. */
  #reserve({ reservations }: Admission): readonly InstanceDecision[] {
    settleReservations(this.#model, reservations, false);
    return this.#reservedAnew();
  }

  #reservedAnew(): readonly InstanceDecision[] {
    return this.#model.takeReservedAnew().map((one) => ({ kind: 'reserve', ...one }));
  }

  #wake(): Pick<Plan, 'wakeAt'> {
    return this.#wakeAt === undefined ? {} : { wakeAt: this.#wakeAt };
  }

  #begin(): [Admission, QueueTurns] {
    return [new Admission(this.#model, this.#now), new QueueTurns(openQueues(this.#model, this.#now))];
  }

  #place(
    job: WaitingJob,
    { environment, pool, passedOver, instances }: Extract<Judgement, { kind: 'placeable' }>,
  ): Decision {
    const reason = { kind: 'first-environment-that-fits', passedOver, limits: limitsOf(job, pool) } as const;
    const instance = instances?.[0] ?? pool.settings?.instance ?? '';
    const { jobId, nodes } = job;
    const where = nodes === undefined ? { instance } : { instance: undefined, instances };
    this.#model.place(job, { environment, pool, ...where }, this.#now);
    const place = { jobId, computeEnvironmentArn: environment.arn, pool: pool.id, reason };
    if (nodes === undefined) return { kind: 'place', ...place, instance };
    return { kind: 'place-gang', ...place, instances: instances ?? Array<string>(nodes).fill(instance) };
  }

  #noteClosed(notes: BlockedNotes): void {
    for (const queue of this.#model.queuesWithJobs()) {
      if (queue.settings.acceptsPlacement) continue;
      queue.refresh(this.#now);
      const head = queue.first();
      if (head) notes.block(head, () => notAccepting(queue));
    }
  }

  #advance(now: EpochMilliseconds): void {
    this.#now = Math.max(this.#now, now);
  }

  /** Nothing has changed since a plan that decided nothing more: not even which share is first, and so may keep others back. */
  #isSettled(): boolean {
    if (this.#settledAt === undefined) return false;
    if (this.#wakeAt !== undefined && this.#wakeAt <= this.#now) return false;
    return this.#settledAt === this.#now || !this.#model.hasSharesInTurn();
  }

  /** Nothing new where nothing was asked: a load tells of a million jobs. */
  #forgetKnown(): void {
    if (this.#known.reasons) this.#known = noKnownHeads();
  }

  /** What a job that runs there takes of a pool, and is held to; undefined if it holds no place in it. */
  footprint(jobId: JobId, poolId: string): ResourceRequest | undefined {
    const place = this.#model.placesOf(jobId).find(({ pool }) => pool.id === poolId);
    return place && requestOf(footprintOf(place.wanted, place.pool));
  }

  /** Why a waiting job can never start, as the environments of its queue are; undefined for any other. */
  hopeless(jobId: JobId): HopelessReason | undefined {
    const job = this.#model.waitingJob(jobId);
    return job && explainHopeless(this.#model, job, this.#now);
  }

  /** Why a job could never start that came now. Costs the environments of its queue, whoever waits. */
  hopelessIfQueued(queued: QueuedJob, now: EpochMilliseconds): HopelessReason | undefined {
    this.#advance(now);
    return explainHopeless(this.#model, this.#model.unqueued(queued), this.#now);
  }

  /**
   * In which dimensions a job is held to less than it asked for: where it runs (an array's child that is held to the
   * least), or, while it waits and can start, in the first environment of its queue.
   */
  limits(jobId: JobId): readonly Limit[] {
    const places = this.#model.placesOf(jobId);
    if (places.length > 0) return mostLimited(places.map(({ wanted, pool }) => limitsOf(wanted, pool)));
    const job = this.hopeless(jobId) ? undefined : this.#model.waitingJob(jobId);
    const pool = this.#model.poolOf(this.#model.environment(job?.share.queue.settings.computeEnvironmentArns[0] ?? ''));
    return job && pool ? limitsOf(job, pool) : [];
  }

  /** The first `limit` jobs of a queue in the order in which they start if all fit at once: an array once for each of its children. */
  front(queueArn: string, limit: number, now: EpochMilliseconds): readonly JobId[] {
    this.#advance(now);
    const queue = this.#model.queue(queueArn);
    queue?.refresh(this.#now);
    const found: JobId[] = [];
    for (const { jobId } of queue?.front(this.#now) ?? []) {
      if (found.length >= limit) break;
      found.push(jobId);
    }
    return found;
  }

  /** In which queue a job waits, by its ARN; undefined for one that does not. */
  queueOf(jobId: JobId): string | undefined {
    return this.#model.waitingJob(jobId)?.share.queue.settings.arn;
  }

  /** Why a job waits at `now`; undefined for one that does not wait here. Computed when asked, once for each share and event. */
  explain(jobId: JobId, now: EpochMilliseconds): WaitingReason | undefined {
    this.#advance(now);
    if (this.#knownAt !== this.#now) this.#forgetKnown();
    this.#knownAt = this.#now;
    const job = this.#model.waitingJob(jobId);
    return job && explainWaiting(this.#model, job, this.#known, this.#now);
  }

  /**
   * What is to be stored of shares beside their jobs, of those of which it is not what it was when this was asked last. To go with the
   * next commit: what was decided and is not yet placed counts from its decision on.
   */
  takeChangedShares(): readonly StoredShare[] {
    return this.#model.takeChangedShares().map(({ queue, identifier: share, usage, at, idleSince }) => ({
      ...{ queueArn: queue.settings.arn, share, usage, at },
      ...(idleSince === undefined ? {} : { idleSince }),
    }));
  }

  /** Instances whose last job has ended since this was asked last, and when it did: to be stored with the next commit. */
  takeIdleInstances(): readonly IdleInstanceName[] {
    return this.#model.takeIdleInstances();
  }

  /** The instances of an environment; none where it launches none. */
  instances(computeEnvironmentArn: string): Iterable<FleetInstance> {
    return this.#model.environment(computeEnvironmentArn)?.fleet?.instances.all() ?? [];
  }

  /** One of them; undefined for one that is not there. */
  instance(computeEnvironmentArn: string, id: string): FleetInstance | undefined {
    return this.#model.environment(computeEnvironmentArn)?.fleet?.instances.get(id);
  }

  /** What the next instance of an environment will be called that has any. */
  nextInstance(computeEnvironmentArn: string): { readonly id: string; readonly order: number } {
    return this.#model.fleet(computeEnvironmentArn).nextInstance();
  }

  /** What is to be stored of a fleet; undefined for an environment that has none. */
  storedFleet(computeEnvironmentArn: string): StoredFleet | undefined {
    return this.#model.environment(computeEnvironmentArn)?.fleet?.stored();
  }

  /** vCPUs that an environment has: of its instances, or else those that its jobs hold. */
  allocatedvCpus(computeEnvironmentArn: string): number {
    const environment = this.#model.environment(computeEnvironmentArn);
    return environment?.fleet?.allocatedvCpus ?? Math.ceil((environment?.usedVcpuMillis ?? 0) / 1000);
  }

  /** Shares of a queue that count as active at `now`, and whether one of them is. */
  activeShares({ queueArn, share: identifier }: ShareName, now: EpochMilliseconds): ActiveShares {
    this.#advance(now);
    const queue = this.#model.queue(queueArn);
    if (!queue) return { count: 0, isActive: false };
    queue.refresh(this.#now);
    const share = queue.share(identifier);
    return { count: queue.activeShares, isActive: share !== undefined && queue.isActive(share, this.#now) };
  }

  /** How a queue stands at `now`, with at most `limit` of its shares; undefined for one that is not known. Goes over all its shares. */
  standing(queueArn: string, limit: number, now: EpochMilliseconds): QueueStanding | undefined {
    this.#advance(now);
    const queue = this.#model.queue(queueArn);
    if (!queue) return undefined;
    const heldVcpus = queue.heldVcpuMillis / 1000;
    if (!queue.settings.fairShare) return { heldVcpus };
    queue.refresh(this.#now);
    const standings = [...queue.shares()].map((share) => standingOf(share, this.#now));
    return { heldVcpus, shares: { active: queue.activeShares, most: standings.sort(byHolding).slice(0, limit) } };
  }

  /** Shares that are not active, of whose usage next to nothing is left: forgotten, they stand as before. At most `limit`, oldest first. */
  fadedShares(now: EpochMilliseconds, limit: number): readonly ShareName[] {
    this.#advance(now);
    const found: ShareName[] = [];
    for (const queue of this.#model.queues()) {
      const { arn, fairShare } = queue.settings;
      if (!fairShare) continue;
      for (const share of queue.shares()) {
        if (found.length >= limit) return found;
        const isGone = !queue.isActive(share, this.#now) && usageAt(share, 0, fairShare.decays, this.#now) < faded;
        if (isGone) found.push({ queueArn: arn, share: share.identifier });
      }
    }
    return found;
  }

  /** How many units of a consumable resource placed jobs hold. More than there are only after the total was lowered. */
  heldOf(consumableArn: string): number {
    return this.#model.consumables.get(consumableArn)?.held ?? 0;
  }

  /**
   * What would be said of a job that came now, last of its queue, and what each environment could do for it, were it alone. Leaves
   * everything as it was: the same is planned as without it.
   */
  tryOut(queued: QueuedJob, now: EpochMilliseconds): Trial {
    this.#advance(now);
    this.#model.enqueue(queued);
    try {
      const job = this.#model.waitingJob(queued.jobId);
      invariant(job, `job ${queued.jobId} does not wait`);
      // Not among the known ones: it may be the head itself.
      const waiting = explainWaiting(this.#model, job, noKnownHeads(), this.#now);
      const hopeless = explainHopeless(this.#model, job, this.#now);
      const verdicts = new Admission(this.#model, this.#now).verdicts(job);
      return { waiting, ...(hopeless && { hopeless }), verdicts, limits: this.limits(queued.jobId) };
    } finally {
      this.#model.dequeue(queued.jobId, queued.count);
    }
  }

  /**
   * What another scheduler is to be told so that it goes on as this one: of resources first, then of jobs, of shares last. The shares that have
   * waiting jobs say which come first. To be gone through in one turn.
   */
  copy(): {
    readonly resources: Iterable<SchedulerEvent>;
    readonly waiting: Iterable<WaitingShare>;
    readonly shares: Iterable<CopiedShare>;
  } {
    const model = this.#model;
    return { resources: resourceEvents(model), waiting: waitingShares(model), shares: sharesOf(model) };
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

function byHolding(a: Standing, b: Standing): number {
  const held = b.heldVcpus - a.heldVcpus;
  const used = b.usedVcpuSeconds * b.weight - a.usedVcpuSeconds * a.weight;
  return held || used || (a.share < b.share ? -1 : 1);
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
