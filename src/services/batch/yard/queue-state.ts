import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Jobs } from '../../../jobs/index.ts';
import { describeReason } from '../../../scheduler/index.ts';
import type { BlockedHead, BlockedQueues } from './blocked-queues.ts';
import type { QueueState } from './contract.ts';
import type { QueueModel } from './queue-model.ts';

interface QueueStateSources {
  readonly jobs: Pick<Jobs, 'statusCounts'>;
  readonly queues: Pick<QueueModel, 'standing' | 'explain'>;
  readonly blocked: Pick<BlockedQueues, 'of'>;
  /** The scheduling time of which they are. */
  readonly at: EpochMilliseconds;
}

/** Shares that are shown of a queue: those that hold most. */
const shownShares = 20;

/** How a queue stands, from counts that are kept: no job of it is looked at but its head. */
export function queueState(queueArn: string, { jobs, queues, blocked, at }: QueueStateSources): QueueState {
  const { heldVcpus = 0, shares } = queues.standing(queueArn, shownShares) ?? {};
  const head = blocked.of(queueArn);
  return {
    jobs: jobs.statusCounts(queueArn),
    heldVcpus,
    ...(shares && { shares }),
    ...(head && { blocked: blockedWith(head, describeReason(queues.explain(head.jobId, at) ?? head.reason)) }),
  };
}

function blockedWith({ jobId, since, toldAt }: BlockedHead, reason: string): NonNullable<QueueState['blocked']> {
  return { jobId, since, reason, ...(toldAt === undefined ? {} : { toldAt }) };
}
