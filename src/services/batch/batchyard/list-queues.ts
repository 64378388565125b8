import { z } from 'zod';
import { nameOfArn } from '../../../core/arn.ts';
import type { Operation } from '../../../core/operation.ts';
import type { StatusCounts } from '../../../jobs/index.ts';
import { findComputeEnvironment, findServiceEnvironment } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { type JobQueueRecord, jobQueueRecords, type QueueHold } from '../records.ts';
import type { BatchRuntime } from '../runtime.ts';
import { paging } from '../schema-members.ts';
import type { ServiceHead } from '../service-jobs/heads.ts';
import type { QueueState } from '../yard/index.ts';

export interface ListQueuesInput {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** A queue and how it stands. */
export interface ShownQueue {
  readonly jobQueueName: string;
  readonly jobQueueArn: string;
  readonly state: string;
  readonly status: string;
  readonly statusReason: string;
  readonly priority: number;
  /** Present while it is held. */
  readonly hold?: QueueHold;
  /** In the order in which they are tried. */
  readonly computeEnvironments: readonly {
    readonly name: string;
    readonly arn: string;
    /** Absent for one that is not there any more. */
    readonly state?: string;
    readonly status?: string;
  }[];
  /** Of a queue of service jobs: the one that it has. */
  readonly serviceEnvironments?: readonly {
    readonly name: string;
    readonly arn: string;
    /** Absent for one that is not there any more. */
    readonly state?: string;
  }[];
  /** Of those that have not ended; of an array its children. */
  readonly jobs: StatusCounts;
  /** What its jobs hold that are STARTING or RUNNING. */
  readonly heldVcpus: number;
  readonly schedulingPolicyArn?: string;
  /** Of a queue whose shares take turns: how many are active, and those that hold most. */
  readonly shares?: QueueState['shares'];
  /** Its head, if that waits; where each quota share has one, that which has waited longest. */
  readonly blocked?: QueueState['blocked'];
}

export interface ListQueuesOutput {
  /** By name. */
  readonly queues: readonly ShownQueue[];
  readonly nextToken?: string;
}

/** Shows the queues: what each may do, how many jobs it has by status, and what its head waits for. Looks at no other job. */
export function listQueues(runtime: BatchRuntime): Operation<ListQueuesInput, ListQueuesOutput> {
  return batchyardOperation<ListQueuesInput, ListQueuesOutput>(runtime, {
    schema: z.object(paging),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:ListQueues', resource: '*' }],
    handler: async (input, context) => {
      const all = runtime.ledger.list(jobQueueRecords, context);
      const { items, nextToken } = pageOf('ListQueues', all, ({ name }) => name, input);
      const queues = await Promise.all(
        items.map((record) =>
          record.serviceEnvironmentOrder ? shownServiceQueue(runtime, record) : shownQueue(runtime, record),
        ),
      );
      return { queues, ...(nextToken && { nextToken }) };
    },
  });
}

function shownQueue({ ledger, yard }: BatchRuntime, record: JobQueueRecord): ShownQueue {
  const { name, arn, state, status, statusReason, priority, hold, schedulingPolicyArn } = record;
  return {
    jobQueueName: name,
    jobQueueArn: arn,
    ...{ state, status, statusReason, priority },
    ...(hold && { hold }),
    computeEnvironments: record.computeEnvironmentOrder.map(({ computeEnvironment }) => {
      const found = findComputeEnvironment(ledger, record, computeEnvironment);
      const how = found && { state: found.state, status: found.status };
      return { name: nameOfArn(computeEnvironment), arn: computeEnvironment, ...how };
    }),
    ...(schedulingPolicyArn === undefined ? {} : { schedulingPolicyArn }),
    ...yard.queueState(arn),
  };
}

/** Of service jobs the store knows how many wait; none ever holds anything. */
async function shownServiceQueue(runtime: BatchRuntime, record: JobQueueRecord): Promise<ShownQueue> {
  const { ledger, store, serviceHeads } = runtime;
  const shown = shownQueue(runtime, record);
  const RUNNABLE = await store.reads.waitingServiceJobCount(record.arn);
  const [head] = serviceHeads.of(record.arn);
  return {
    ...shown,
    serviceEnvironments: (record.serviceEnvironmentOrder ?? []).map(({ serviceEnvironment: arn }) => {
      const found = findServiceEnvironment(ledger, record, arn);
      return { name: nameOfArn(arn), arn, ...(found && { state: found.state }) };
    }),
    jobs: { ...shown.jobs, RUNNABLE },
    ...(head && { blocked: blockedBy(head) }),
  };
}

function blockedBy({ jobId, since, waiting }: ServiceHead): NonNullable<ShownQueue['blocked']> {
  return { jobId, since, reason: waiting.text, toldAt: since };
}
