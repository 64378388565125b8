import type { DeleteQuotaShareCommandInput, DeleteQuotaShareCommandOutput } from '@aws-sdk/client-batch';
import { findQuotaShare } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import { quotaShareAccess } from '../resources/quota-share.ts';
import { namedQuotaShare as schema } from '../schemas/quota-share.ts';

/**
 * Deletes a quota share that is DISABLED. It stays DELETING until the last of its jobs has been ended; `ResourceSettling` does that.
 * One that is not there is as good as deleted. Worded as of a queue.
 */
export const deleteQuotaShare = batchOperation<DeleteQuotaShareCommandInput, DeleteQuotaShareCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ quotaShareArn }, context, { ledger }) =>
    quotaShareAccess('DeleteQuotaShare', quotaShareArn, context, ledger),
  handler: ({ ledger, settling }, { quotaShareArn }, context) => {
    const record = findQuotaShare(ledger, context, quotaShareArn);
    if (!record || record.status === 'DELETING') return {};
    if (record.state !== 'DISABLED') refuse('Cannot delete, quota share must be in DISABLED state.');
    ledger.transact((transaction) => settling.deleteQuotaShare(transaction, record));
    return {};
  },
});
