import type { DeleteJobQueueCommandInput, DeleteJobQueueCommandOutput } from '@aws-sdk/client-batch';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { findJobQueue, jobQueueArn, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { isBeingModified } from '../records.ts';
import { refuse } from '../refusals.ts';
import { resourceTagConditions } from '../tags.ts';

/**
 * Deletes a queue that is DISABLED. It stays DELETING until the last of its jobs has been ended; `ResourceSettling`
 * does that. A queue that is not there is as good as deleted. Worded as of an environment.
 */
export const deleteJobQueue = batchOperation<DeleteJobQueueCommandInput, DeleteJobQueueCommandOutput>()({
  schema: z.object({ jobQueue: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ jobQueue }, context, { ledger }) => {
    const named = textOf(jobQueue) ?? '*';
    const conditions = resourceTagConditions(findJobQueue(ledger, context, named)?.tags);
    return [{ action: 'batch:DeleteJobQueue', resource: jobQueueArn(context, nameIn(named)), conditions }];
  },
  handler: ({ ledger, settling }, input, context) => {
    const record = findJobQueue(ledger, context, input.jobQueue);
    if (!record || record.status === 'DELETING') return {};
    if (isBeingModified(record)) refuse('Cannot delete, resource is being modified.');
    if (record.state !== 'DISABLED') refuse('Cannot delete, job queue must be in DISABLED state.');
    ledger.transact((transaction) =>
      settling.putQueue(transaction, { ...record, status: 'DELETING', statusReason: 'JobQueue being deleted' }),
    );
    return {};
  },
});
