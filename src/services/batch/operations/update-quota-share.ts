import type { UpdateQuotaShareCommandInput, UpdateQuotaShareCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { type QuotaShareRecord, quotaShareRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { checkCapacityLimits } from '../resources/capacity-limits.ts';
import { checkSharing, existingQuotaShare, quotaShareAccess } from '../resources/quota-share.ts';
import { updateQuotaShare as schema } from '../schemas/quota-share.ts';

/** Changes what is given of a quota share, at once. */
export const updateQuotaShare = batchOperation<UpdateQuotaShareCommandInput, UpdateQuotaShareCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ quotaShareArn }, context, { ledger }) =>
    quotaShareAccess('UpdateQuotaShare', quotaShareArn, context, ledger),
  handler: ({ ledger, serviceHeads }, input, context) => {
    const record = existingQuotaShare(ledger, context, input.quotaShareArn);
    if (record.status === 'DELETING') refuse('Cannot update, resource is being modified.');
    const { capacityLimits, resourceSharingConfiguration: sharing, preemptionConfiguration, state } = input;
    const updated: QuotaShareRecord = {
      ...record,
      state: state ?? record.state,
      capacityLimits: capacityLimits ? checkCapacityLimits(capacityLimits, { typesOnly: true }) : record.capacityLimits,
      sharing: sharing ? checkSharing(sharing) : record.sharing,
      inSharePreemption: preemptionConfiguration?.inSharePreemption ?? record.inSharePreemption,
    };
    ledger.transact((transaction) => {
      transaction.put(quotaShareRecords, updated);
      serviceHeads.quotaSharesChanged(transaction, updated);
    });
    return { quotaShareName: record.name, quotaShareArn: record.arn };
  },
});
