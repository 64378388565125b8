import type {
  DeleteComputeEnvironmentCommandInput,
  DeleteComputeEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { computeEnvironmentArn, findComputeEnvironment, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { isBeingModified, jobQueueRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { resourceTagConditions } from '../tags.ts';

/**
 * Deletes a compute environment that is DISABLED and in no queue. One that is not there is as good as deleted. The words of what is
 * being modified: a public workshop; of the state none are reported.
 */
export const deleteComputeEnvironment = batchOperation<
  DeleteComputeEnvironmentCommandInput,
  DeleteComputeEnvironmentCommandOutput
>()({
  schema: z.object({ computeEnvironment: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ computeEnvironment }, context, { ledger }) => {
    const named = textOf(computeEnvironment) ?? '*';
    const resource = computeEnvironmentArn(context, nameIn(named));
    const conditions = resourceTagConditions(findComputeEnvironment(ledger, context, named)?.tags);
    return [{ action: 'batch:DeleteComputeEnvironment', resource, conditions }];
  },
  handler: ({ ledger, settling }, input, context) => {
    const record = findComputeEnvironment(ledger, context, input.computeEnvironment);
    if (!record || record.status === 'DELETING') return {};
    if (isBeingModified(record)) refuse('Cannot delete, resource is being modified.');
    if (record.state !== 'DISABLED') refuse('Cannot delete, compute environment must be in DISABLED state.');
    const attached = ledger
      .list(jobQueueRecords, record)
      .some((queue) =>
        queue.computeEnvironmentOrder.some(({ computeEnvironment }) => computeEnvironment === record.arn),
      );
    // The words: hashicorp/terraform-provider-aws issues 2044 and 46925.
    if (attached) refuse('Cannot delete, found existing JobQueue relationship.');
    ledger.transact((transaction) =>
      settling.putEnvironment(transaction, {
        ...record,
        status: 'DELETING',
        statusReason: 'ComputeEnvironment being deleted',
      }),
    );
    return {};
  },
});
