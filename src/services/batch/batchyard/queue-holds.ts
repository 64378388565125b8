import { z } from 'zod';
import type { AccessRequest, Operation, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { arnReferred, findJobQueue, jobQueueArn, nameIn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import type { JobQueueRecord, QueueHold } from '../records.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { resourceTagConditions } from '../tags.ts';

export interface QueueHoldInput {
  /** Name or ARN. */
  readonly jobQueue: string;
}

export interface QueueHoldOutput {
  readonly jobQueueName: string;
  readonly jobQueueArn: string;
  /** Who holds it since when; absent: nobody does. */
  readonly hold?: QueueHold;
}

/**
 * Holds a queue: it takes jobs and starts none, until it is released. What runs goes on. Not DISABLED, which takes no jobs and starts
 * those that it has. One that is held already stays as it is.
 */
export function holdJobQueue(runtime: BatchRuntime): Operation<QueueHoldInput, QueueHoldOutput> {
  return queueOperation(runtime, 'HoldJobQueue', (record, { principal }) =>
    record.hold ? record : { ...record, hold: { since: runtime.clock.now(), by: principal.arn } },
  );
}

/** Lets a queue start jobs again; of one that nobody holds nothing changes. */
export function releaseJobQueue(runtime: BatchRuntime): Operation<QueueHoldInput, QueueHoldOutput> {
  return queueOperation(runtime, 'ReleaseJobQueue', (record) => {
    if (!record.hold) return record;
    const { hold: _released, ...rest } = record;
    return rest;
  });
}

function queueOperation(
  runtime: BatchRuntime,
  name: 'HoldJobQueue' | 'ReleaseJobQueue',
  change: (record: JobQueueRecord, context: RequestContext) => JobQueueRecord,
): Operation<QueueHoldInput, QueueHoldOutput> {
  const { ledger, settling } = runtime;
  return batchyardOperation<QueueHoldInput, QueueHoldOutput>(runtime, {
    schema: z.object({ jobQueue: z.string() }),
    readOnly: false,
    audit: 'management',
    access: (input, context) => queueAccess(runtime, name, input, context),
    handler: ({ jobQueue }, context) => {
      const record = findJobQueue(ledger, context, jobQueue);
      if (!record) return refuse(`${arnReferred(jobQueue, (named) => jobQueueArn(context, named))} does not exist`);
      if (record.status === 'DELETING') return refuse('Cannot update, resource is being modified.');
      const changed = change(record, context);
      if (changed !== record) ledger.transact((transaction) => settling.putQueue(transaction, changed));
      const { arn, hold } = changed;
      return { jobQueueName: record.name, jobQueueArn: arn, ...(hold && { hold }) };
    },
  });
}

function queueAccess(
  { ledger }: BatchRuntime,
  name: string,
  { jobQueue }: Unvalidated<QueueHoldInput>,
  context: RequestContext,
): readonly AccessRequest[] {
  const named = textOf(jobQueue) ?? '*';
  const conditions = resourceTagConditions(findJobQueue(ledger, context, named)?.tags);
  return [{ action: `batchyard:${name}`, resource: jobQueueArn(context, nameIn(named)), conditions }];
}
