import type { DeleteSchedulingPolicyCommandInput, DeleteSchedulingPolicyCommandOutput } from '@aws-sdk/client-batch';
import { findSchedulingPolicy } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { jobQueueRecords, schedulingPolicyRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { policyAccess } from '../resources/fair-share-policy.ts';
import { deleteSchedulingPolicy as schema } from '../schemas/scheduling-policy.ts';

/** Deletes a policy that no queue has. One that is not there is as good as deleted. Worded as of an environment. */
export const deleteSchedulingPolicy = batchOperation<
  DeleteSchedulingPolicyCommandInput,
  DeleteSchedulingPolicyCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ arn }, context, { ledger }) => policyAccess('DeleteSchedulingPolicy', arn, context, ledger),
  handler: ({ ledger }, { arn }, context) => {
    const record = findSchedulingPolicy(ledger, context, arn);
    if (!record) return {};
    const isInUse = ledger.list(jobQueueRecords, record).some((queue) => queue.schedulingPolicyArn === record.arn);
    if (isInUse) refuse('Cannot delete, found existing JobQueue relationship.');
    ledger.transact((transaction) => transaction.delete(schedulingPolicyRecords, record, record.name));
    return {};
  },
});
