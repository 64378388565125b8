import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds } from '../core/ids.ts';
import { Admission, type Judgement, type Obstacles } from './admission.ts';
import { type ConsumableVerdict, isUnobtainable } from './consumable-verdict.ts';
import {
  type EnvironmentVerdict,
  isWithinReach,
  nearestVerdict,
  type VerdictKind,
  type VerdictOf,
} from './environment-verdict.ts';
import { usageAt } from './fair-share/decay.ts';
import type { Model } from './model.ts';
import { limitsOf } from './pool.ts';
import type { Lane, Queue, Share, WaitingJob } from './queue.ts';
import { QueueTurns } from './queue-turns.ts';
import {
  furthestPosition,
  type HeadReason,
  type HopelessReason,
  hopelessOf,
  type Standing,
  type WaitingReason,
} from './waiting-reason.ts';

/** What has been found of the heads of shares, and of the order of queues, as long as model and time stay as they are. */
export interface KnownHeads {
  /** Absent as long as nothing was asked. */
  reasons?: HeadReasons;
  readonly firsts: Map<Queue, Share>;
  readonly positions: Map<Queue, ReadonlyMap<WaitingJob, number>>;
}

export function noKnownHeads(): KnownHeads {
  return { firsts: new Map(), positions: new Map() };
}

/**
 * Why `job` has not started at `now`. Goes over the heads of lanes once, however many jobs are asked about with the same `known`; never
 * over waiting jobs, but for the first of a queue whose shares take turns.
 */
export function explainWaiting(
  model: Model,
  job: WaitingJob,
  known: KnownHeads,
  now: EpochMilliseconds,
): WaitingReason {
  const { share } = job;
  const { head, queue } = share;
  invariant(head, `a share of queue ${queue.settings.arn} lost its head`);
  known.reasons ??= new HeadReasons(model, now);
  const headReason = known.reasons.of(head);
  if (queue.settings.fairShare) return explainTurn(job, head, headReason, known, now);
  if (head === job) return headReason;
  return {
    kind: 'waiting-for-head',
    queueArn: queue.settings.arn,
    headJobId: head.jobId,
    position: share.waiting.positionOf(job),
    waiting: queue.size,
    head: headReason,
  };
}

/** What passes as others end: whose turn it is then tells more. */
const passing: readonly HeadReason['kind'][] = [
  'compute-environments-at-max-vcpus',
  'pool-capacity',
  'registered-instances-full',
  'outranked-by-share',
];

function explainTurn(
  job: WaitingJob,
  head: WaitingJob,
  headReason: HeadReason,
  known: KnownHeads,
  now: EpochMilliseconds,
): WaitingReason {
  const { share } = job;
  const { queue } = share;
  queue.refresh(now);
  const first = known.firsts.get(queue) ?? queue.first()?.share ?? share;
  known.firsts.set(queue, first);
  const isFirst = first === share;
  if (head === job && (isFirst || !passing.includes(headReason.kind))) return headReason;
  const positions = known.positions.get(queue) ?? positionsIn(queue, now);
  known.positions.set(queue, positions);
  const position = positions.get(job);
  return {
    kind: 'waiting-for-share',
    queueArn: queue.settings.arn,
    standing: standingOf(share, now),
    ...(isFirst ? {} : { first: standingOf(first, now) }),
    ...(head === job ? {} : { headJobId: head.jobId }),
    ...(position === undefined ? {} : { position }),
    waiting: queue.size,
    head: headReason,
  };
}

/** An array stands where its first child does. */
function positionsIn(queue: Queue, now: EpochMilliseconds): ReadonlyMap<WaitingJob, number> {
  const positions = new Map<WaitingJob, number>();
  let looked = 0;
  for (const job of queue.front(now)) {
    if (!positions.has(job)) positions.set(job, positions.size + 1);
    looked += 1;
    if (looked === furthestPosition) break;
  }
  return positions;
}

/** How a share stands in its queue at `now`. */
export function standingOf(
  { identifier, queue, usage, at, heldVcpuMillis, weight }: Share,
  now: EpochMilliseconds,
): Standing {
  const heldVcpus = heldVcpuMillis / 1000;
  const decays = queue.settings.fairShare?.decays ?? [];
  return { share: identifier, usedVcpuSeconds: usageAt({ usage, at }, heldVcpus, decays, now), heldVcpus, weight };
}

/**
 * Why a waiting job can never start, as the environments of its queue are: all of them that are usable are too small for it.
 * Undefined as long as one could take it.
 */
export function explainHopeless(model: Model, job: WaitingJob, now: EpochMilliseconds): HopelessReason | undefined {
  const judgement = new Admission(model, now).judge(job);
  return judgement.kind === 'blocked' ? hopelessOf(blockedReason(job, judgement)) : undefined;
}

/**
 * Why heads of shares wait, in one pass over the queues that goes as far as it is asked. Heads that ask for the same as one that does
 * not fit are not come to: they wait for the same.
 */
export class HeadReasons {
  readonly #admission: Admission;
  readonly #turns: QueueTurns;
  /** Of those that the pass came to. */
  readonly #own = new Map<WaitingJob, HeadReason>();
  /** Of those behind them, in the same lane. */
  readonly #behind = new Map<Lane, HeadReason>();
  /** The heads that keep back their whole queues. */
  readonly #strict = new Map<Queue, WaitingJob>();
  /** A plan is due, and serves this one before all others: what it leaves is not known before. */
  #next: WaitingJob | undefined;

  constructor(model: Model, now: EpochMilliseconds) {
    this.#admission = new Admission(model, now);
    this.#turns = new QueueTurns(openQueues(model, now));
  }

  /** Of the head of a share. */
  of(head: WaitingJob): HeadReason {
    const { queue } = head.share;
    if (!queue.settings.acceptsPlacement) return notAccepting(queue);
    for (let known = this.#known(head); ; known = this.#known(head)) {
      if (known) return known;
      const other = this.#turns.next();
      invariant(other, `no turn came to job ${head.jobId}`);
      this.#comeTo(other);
    }
  }

  #known(head: WaitingJob): HeadReason | undefined {
    const { queue, lane } = head.share;
    const own = this.#own.get(head);
    if (own) return own;
    const before = this.#strict.get(queue);
    if (before) return outranked(head, before);
    return (lane && this.#behind.get(lane)) ?? (this.#next && outranked(head, this.#next));
  }

  #comeTo(head: WaitingJob): void {
    const { queue, lane } = head.share;
    const judgement = this.#admission.judge(head);
    this.#own.set(head, reasonOf(head, judgement));
    if (judgement.kind === 'placeable') {
      this.#next = head;
      return;
    }
    this.#admission.hold(head, judgement);
    if (queue.settings.fairShare?.blocking === 'queue') this.#strict.set(queue, head);
    else if (lane) this.#behind.set(lane, reasonOf(head, this.#admission.judge(head)));
    this.#turns.blocked();
  }
}

/** Queues with waiting jobs that may start them. */
export function* openQueues(model: Model, now: EpochMilliseconds): Iterable<Queue> {
  for (const queue of model.queuesWithJobs()) {
    if (!queue.settings.acceptsPlacement) continue;
    queue.refresh(now);
    yield queue;
  }
}

export function notAccepting(queue: Queue): HeadReason {
  const { arn: queueArn, isHeld = false } = queue.settings;
  return { kind: isHeld ? 'queue-held' : 'queue-not-accepting', queueArn };
}

function reasonOf(job: WaitingJob, judgement: Judgement): HeadReason {
  if (judgement.kind === 'blocked') return blockedReason(job, judgement);
  const { environment, pool } = judgement;
  return { kind: 'about-to-start', computeEnvironmentArn: environment.arn, limits: limitsOf(job, pool) };
}

type BlockingKind = Exclude<VerdictKind, 'fits'>;
type ToReason<Kind extends BlockingKind> = (
  nearest: VerdictOf<Kind>,
  environments: readonly EnvironmentVerdict[],
) => HeadReason;

const reasonByVerdict: { readonly [Kind in BlockingKind]: ToReason<Kind> } = {
  'at-max-vcpus': (_, environments) => ({ kind: 'compute-environments-at-max-vcpus', environments }),
  'full-for-minimum': (_, environments) => ({ kind: 'minimum-leaves-no-room', environments }),
  'awaits-instance': (_, environments) => ({ kind: 'instance-starting', environments }),
  'no-instance': (_, environments) => ({ kind: 'instances-unavailable', environments }),
  'exceeds-types': (_, environments) => ({ kind: 'request-exceeds-pool', environments }),
  'registered-full': (_, environments) => ({ kind: 'registered-instances-full', environments }),
  'awaits-registration': (_, environments) => ({ kind: 'instances-unregistered', environments }),
  'type-not-launchable': ({ instanceType }, environments) => ({
    kind: 'instance-type-not-launchable',
    instanceType,
    environments,
  }),
  'pool-full': ({ pool, missing, limits }) => ({ kind: 'pool-capacity', pool, missing, limits }),
  'pool-held': ({ holder }) => ({ kind: 'outranked-by-queue', over: 'pool', ...holder }),
  held: ({ holder }) => ({ kind: 'outranked-by-queue', over: 'compute-environment', ...holder }),
  'engine-unavailable': ({ computeEnvironmentArn, reason }, environments) => ({
    kind: 'engine-unavailable',
    computeEnvironmentArn,
    reason,
    environments,
  }),
  'pool-unavailable': ({ computeEnvironmentArn, reason }, environments) => ({
    kind: 'pool-unavailable',
    computeEnvironmentArn,
    reason,
    environments,
  }),
  'no-such-machine': ({ machine }, environments) => ({ kind: 'no-such-machine', machine, environments }),
  'refuses-nodes': (_, environments) => ({ kind: 'nodes-refused', environments }),
  'exceeds-pool': (_, environments) => ({ kind: 'request-exceeds-pool', environments }),
  'not-ready': (_, environments) => ({ kind: 'environments-not-ready', environments }),
  'too-few-instances': (_, environments) => ({ kind: 'request-exceeds-every-environment', environments }),
  'too-small': (_, environments) => ({ kind: 'request-exceeds-every-environment', environments }),
  disabled: (_, environments) => ({ kind: 'environments-disabled', environments }),
  'role-refused': (_, environments) => ({ kind: 'service-role-refused', environments }),
  invalid: (_, environments) => ({ kind: 'no-valid-environment', environments }),
  unknown: (_, environments) => ({ kind: 'no-valid-environment', environments }),
};

/**
 * Why a head is blocked: by the nearest that any environment of its queue comes; by consumable resources where an environment
 * takes it, or would once others have ended.
 */
export function blockedReason(job: WaitingJob, obstacles: Obstacles): HeadReason {
  const reason = ownReason(obstacles);
  if (reason.kind !== 'outranked-by-queue' || reason.queueArn !== arnOf(job)) return reason;
  return { ...reason, kind: 'outranked-by-share', share: reason.share ?? '' };
}

function ownReason({ verdicts, consumables, budget }: Obstacles): HeadReason {
  if (verdicts.some(isWithinReach)) {
    if (budget) return { kind: 'over-budget', ...budget };
    if (consumables.length > 0) return consumablesReason(consumables);
  }
  const nearest = nearestVerdict(verdicts);
  if (!nearest) return { kind: 'no-valid-environment', environments: [] };
  invariant(nearest.kind !== 'fits', 'an environment that fits was passed over');
  // The table's type ties each entry to its verdict; indexing by a union loses the tie.
  const toReason = reasonByVerdict[nearest.kind] as ToReason<BlockingKind>;
  return toReason(nearest, verdicts);
}

function consumablesReason(consumables: readonly ConsumableVerdict[]): HeadReason {
  if (consumables.some(isUnobtainable)) return { kind: 'consumables-unobtainable', consumables };
  const [held] = consumables.filter(({ kind }) => kind === 'held');
  const isHeld = held?.kind === 'held' && consumables.every(({ kind }) => kind === 'held');
  if (isHeld) return { kind: 'outranked-by-queue', over: 'consumable', ...held.holder };
  return { kind: 'consumables-in-use', consumables };
}

/** `job` waits until another head has had its turn. */
function outranked(job: WaitingJob, other: WaitingJob): HeadReason {
  const holder = { over: 'turn', queueArn: arnOf(other), jobId: other.jobId } as const;
  if (holder.queueArn !== arnOf(job)) return { kind: 'outranked-by-queue', ...holder };
  return { kind: 'outranked-by-share', share: other.share.identifier, ...holder };
}

function arnOf({ share }: WaitingJob): string {
  return share.queue.settings.arn;
}
