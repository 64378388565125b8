import { invariant } from '../core/errors.ts';
import { Admission, type Judgement, type Obstacles } from './admission.ts';
import { type ConsumableVerdict, isUnobtainable } from './consumable-verdict.ts';
import {
  type EnvironmentVerdict,
  isWithinReach,
  nearestVerdict,
  type VerdictKind,
  type VerdictOf,
} from './environment-verdict.ts';
import type { Model } from './model.ts';
import { limitsOf } from './pool.ts';
import type { Queue, WaitingJob } from './queue.ts';
import { Ranking } from './ranking.ts';
import { type HeadReason, type HopelessReason, hopelessOf, type WaitingReason } from './waiting-reason.ts';

/** What has been found of the heads of queues, as long as the model stays as it is. */
export type KnownHeads = Map<Queue, HeadReason>;

/**
 * Why `job` has not started. Goes over the heads of the queues once for each queue, which it notes in `known`; never over
 * waiting jobs.
 */
export function explainWaiting(model: Model, job: WaitingJob, known: KnownHeads): WaitingReason {
  const { queue } = job;
  const head = queue.first();
  invariant(head, `queue ${queue.settings.arn} lost its head`);
  const headReason = known.get(queue) ?? explainHead(model, queue, head);
  known.set(queue, headReason);
  if (head === job) return headReason;
  return {
    kind: 'waiting-for-head',
    queueArn: queue.settings.arn,
    headJobId: head.jobId,
    position: queue.positionOf(job),
    waiting: queue.size,
    head: headReason,
  };
}

/**
 * Why a waiting job can never start, as the environments of its queue are: all of them that are usable are too small for it.
 * Undefined as long as one could take it.
 */
export function explainHopeless(model: Model, job: WaitingJob): HopelessReason | undefined {
  const judgement = new Admission(model).judge(job);
  return judgement.kind === 'blocked' ? hopelessOf(blockedReason(judgement)) : undefined;
}

function explainHead(model: Model, queue: Queue, job: WaitingJob): HeadReason {
  if (!queue.settings.acceptsPlacement) return notAccepting(queue);
  const admission = new Admission(model);
  const ranking = new Ranking(openQueues(model));
  for (let other = ranking.next(); other && other !== job; other = ranking.next()) {
    const judgement = admission.judge(other);
    // A plan is due, and serves that queue before this one: what it leaves is not known before.
    if (judgement.kind === 'placeable') return outranked(other, 'turn');
    admission.hold(other, judgement);
  }
  return reasonOf(job, admission.judge(job));
}

/** Queues with waiting jobs that may start them. */
export function* openQueues(model: Model): Iterable<Queue> {
  for (const queue of model.queuesWithJobs()) if (queue.settings.acceptsPlacement) yield queue;
}

export function notAccepting(queue: Queue): HeadReason {
  return { kind: 'queue-not-accepting', queueArn: queue.settings.arn };
}

function reasonOf(job: WaitingJob, judgement: Judgement): HeadReason {
  if (judgement.kind === 'blocked') return blockedReason(judgement);
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
  'refuses-nodes': (_, environments) => ({ kind: 'nodes-refused', environments }),
  'no-such-machine': ({ machine }, environments) => ({ kind: 'no-such-machine', machine, environments }),
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
export function blockedReason({ verdicts, consumables }: Obstacles): HeadReason {
  if (consumables.length > 0 && verdicts.some(isWithinReach)) return consumablesReason(consumables);
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

function outranked(other: WaitingJob, over: 'turn'): HeadReason {
  return { kind: 'outranked-by-queue', over, queueArn: other.queue.settings.arn, jobId: other.jobId };
}
