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
import type { Queue, Share, WaitingJob } from './queue.ts';
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
  readonly heads: Map<Share, HeadReason>;
  readonly positions: Map<Queue, ReadonlyMap<WaitingJob, number>>;
}

export function noKnownHeads(): KnownHeads {
  return { heads: new Map(), positions: new Map() };
}

/**
 * Why `job` has not started at `now`. Goes over the heads of the queues once for each share, which it notes in `known`; never over
 * waiting jobs, but for the first of a queue whose shares take turns.
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
  const headReason = known.heads.get(share) ?? explainHead(model, head, now);
  known.heads.set(share, headReason);
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
  const first = queue.first()?.share ?? share;
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

function standingOf({ identifier, queue, usage, at, heldVcpuMillis, weight }: Share, now: EpochMilliseconds): Standing {
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

function explainHead(model: Model, job: WaitingJob, now: EpochMilliseconds): HeadReason {
  const { queue, lane } = job.share;
  if (!queue.settings.acceptsPlacement) return notAccepting(queue);
  const admission = new Admission(model, now);
  const turns = new QueueTurns(openQueues(model, now));
  for (let other = turns.next(); other && other !== job; other = turns.next()) {
    const judgement = admission.judge(other);
    // A plan is due, and serves that one before this: what it leaves is not known before.
    if (judgement.kind === 'placeable') return outranked(job, other);
    admission.hold(other, judgement);
    const isStrict = queue.settings.fairShare?.blocking === 'queue' && other.share.queue === queue;
    if (isStrict) return outranked(job, other);
    // It asks for the same, and will not be come to.
    if (other.share.lane === lane) break;
    turns.blocked();
  }
  return reasonOf(job, admission.judge(job));
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
  return { kind: 'queue-not-accepting', queueArn: queue.settings.arn };
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
  'awaits-instance': (_, environments) => ({ kind: 'instance-starting', environments }),
  'no-instance': (_, environments) => ({ kind: 'instances-unavailable', environments }),
  'exceeds-types': (_, environments) => ({ kind: 'request-exceeds-pool', environments }),
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
  'too-small': (_, environments) => ({ kind: 'request-exceeds-every-environment', environments }),
  disabled: (_, environments) => ({ kind: 'environments-disabled', environments }),
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
