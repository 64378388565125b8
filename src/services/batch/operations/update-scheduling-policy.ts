import type { UpdateSchedulingPolicyCommandInput, UpdateSchedulingPolicyCommandOutput } from '@aws-sdk/client-batch';
import { findSchedulingPolicy } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { jobQueueRecords, schedulingPolicyRecords } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { checkFairshare, policyAccess } from '../resources/fair-share-policy.ts';
import { changedDecays } from '../resources/queue-policy.ts';
import { checkQuotaSharePolicy } from '../resources/quota-share.ts';
import { updateSchedulingPolicy as schema } from '../schemas/scheduling-policy.ts';

/**
 * Replaces the whole fair share policy, for all queues that have it at once. The words of one that is not there are in the tests of
 * aws-cloudformation/aws-cloudformation-resource-providers-batch.
 */
export const updateSchedulingPolicy = batchOperation<
  UpdateSchedulingPolicyCommandInput,
  UpdateSchedulingPolicyCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ arn }, context, { ledger }) => policyAccess('UpdateSchedulingPolicy', arn, context, ledger),
  handler: ({ ledger, yard }, input, context) => {
    const { arn, fairsharePolicy, quotaSharePolicy } = input;
    checkQuotaSharePolicy(quotaSharePolicy);
    checkFairshare(fairsharePolicy);
    const record = findSchedulingPolicy(ledger, context, arn);
    if (!record) return refuse('Resource does not exist');
    // What it was made as it stays: no words are reported of AWS.
    const changes = record.quotaSharePolicy ? fairsharePolicy : quotaSharePolicy;
    demand(!changes, 'The type of a scheduling policy can not be changed.');
    // Of a quota share policy there is one strategy: nothing to change.
    if (!fairsharePolicy) return {};
    const policy = { ...record, fairsharePolicy };
    const now = yard.schedulingTime();
    ledger.transact((transaction) => {
      transaction.put(schedulingPolicyRecords, policy);
      for (const queue of ledger.list(jobQueueRecords, record)) {
        if (queue.schedulingPolicyArn !== arn) continue;
        transaction.put(jobQueueRecords, { ...queue, decays: changedDecays(queue.decays, policy, now) });
      }
      yard.resourcesChanged(transaction);
    });
    return {};
  },
});
