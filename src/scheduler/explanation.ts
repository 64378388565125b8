import { invariant } from '../core/errors.ts';
import { Admission, type Judgement } from './admission.ts';
import { type Amount, requestOf } from './amount.ts';
import { type EnvironmentVerdict, nearestVerdict, type VerdictKind, type VerdictOf } from './environment-verdict.ts';
import type { Model, Queue, WaitingJob } from './model.ts';
import { Ranking } from './ranking.ts';
import type { HeadReason, Limit, WaitingReason } from './waiting-reason.ts';

/** Why `job` has not started. Goes over the heads of the queues once; never over waiting jobs. */
export function explainWaiting(model: Model, job: WaitingJob): WaitingReason {
  const { queue } = job;
  const head = queue.waiting.first();
  invariant(head, `queue ${queue.settings.arn} lost its head`);
  const headReason = explainHead(model, queue, head);
  if (head === job) return headReason;
  return {
    kind: 'waiting-for-head',
    queueArn: queue.settings.arn,
    headJobId: head.jobId,
    position: queue.waiting.positionOf(job),
    waiting: queue.waiting.size,
    head: headReason,
  };
}

/** In which dimensions a request is held to what the host has. */
export function limitsOf(wanted: Amount, footprint: Amount): readonly Limit[] {
  const asked = requestOf(wanted);
  const given = requestOf(footprint);
  const resources = ['vcpus', 'memoryMiB'] as const;
  return resources
    .filter((resource) => given[resource] < asked[resource])
    .map((resource) => ({ resource, requested: asked[resource], given: given[resource] }));
}

function explainHead(model: Model, queue: Queue, job: WaitingJob): HeadReason {
  if (!queue.settings.acceptsPlacement) return { kind: 'queue-not-accepting', queueArn: queue.settings.arn };
  const admission = new Admission(model);
  const ranking = new Ranking(openQueues(model));
  for (let other = ranking.next(); other && other !== job; other = ranking.next()) {
    const judgement = admission.judge(other);
    // A plan is due, and serves that queue before this one: what it leaves is not known before.
    if (judgement.kind === 'placeable') return outranked(other, 'turn');
    admission.hold(other, judgement);
  }
  return reasonOf(model, job, admission.judge(job));
}

/** Queues with waiting jobs that may start them. */
export function* openQueues(model: Model): Iterable<Queue> {
  for (const queue of model.queuesWithJobs()) if (queue.settings.acceptsPlacement) yield queue;
}

function reasonOf(model: Model, job: WaitingJob, judgement: Judgement): HeadReason {
  switch (judgement.kind) {
    case 'placeable': {
      const { environment, footprint } = judgement;
      return { kind: 'about-to-start', computeEnvironmentArn: environment.arn, limits: limitsOf(job, footprint) };
    }
    case 'exceeds-host':
      return { kind: 'request-exceeds-host', requestedGpus: job.gpus, hostGpus: model.host.gpus };
    case 'no-environment-fits':
      return reasonOfEnvironments(judgement.verdicts);
    case 'host-is-full': {
      const { holder, missing, footprint } = judgement;
      if (holder) return { kind: 'outranked-by-queue', over: 'host', ...holder };
      const limits = model.hasHost() ? limitsOf(job, footprint) : [];
      return { kind: 'host-capacity', missing: requestOf(missing), limits };
    }
    default:
      return judgement satisfies never;
  }
}

type BlockingKind = Exclude<VerdictKind, 'fits'>;
type ToReason<Kind extends BlockingKind> = (
  nearest: VerdictOf<Kind>,
  environments: readonly EnvironmentVerdict[],
) => HeadReason;

const reasonByVerdict: { readonly [Kind in BlockingKind]: ToReason<Kind> } = {
  'at-max-vcpus': (_, environments) => ({ kind: 'compute-environments-at-max-vcpus', environments }),
  held: ({ holder }) => ({ kind: 'outranked-by-queue', over: 'compute-environment', ...holder }),
  'engine-unavailable': ({ computeEnvironmentArn, reason }, environments) => ({
    kind: 'engine-unavailable',
    computeEnvironmentArn,
    reason,
    environments,
  }),
  'not-ready': (_, environments) => ({ kind: 'environments-not-ready', environments }),
  'too-small': (_, environments) => ({ kind: 'request-exceeds-every-environment', environments }),
  disabled: (_, environments) => ({ kind: 'environments-disabled', environments }),
  invalid: (_, environments) => ({ kind: 'no-valid-environment', environments }),
  unknown: (_, environments) => ({ kind: 'no-valid-environment', environments }),
};

function reasonOfEnvironments(verdicts: readonly EnvironmentVerdict[]): HeadReason {
  const nearest = nearestVerdict(verdicts);
  if (!nearest) return { kind: 'no-valid-environment', environments: [] };
  invariant(nearest.kind !== 'fits', 'an environment that fits was passed over');
  // The table's type ties each entry to its verdict; indexing by a union loses the tie.
  const toReason = reasonByVerdict[nearest.kind] as ToReason<BlockingKind>;
  return toReason(nearest, verdicts);
}

function outranked(other: WaitingJob, over: 'turn'): HeadReason {
  return { kind: 'outranked-by-queue', over, queueArn: other.queue.settings.arn, jobId: other.jobId };
}
