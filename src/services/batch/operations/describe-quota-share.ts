import type { DescribeQuotaShareCommandInput, DescribeQuotaShareCommandOutput } from '@aws-sdk/client-batch';
import { batchOperation } from '../operation.ts';
import { existingQuotaShare, quotaShareAccess } from '../resources/quota-share.ts';
import { namedQuotaShare as schema } from '../schemas/quota-share.ts';
import { quotaShareDetail } from '../views/quota-share.ts';

/** Shows one quota share. */
export const describeQuotaShare = batchOperation<DescribeQuotaShareCommandInput, DescribeQuotaShareCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ quotaShareArn }, context, { ledger }) =>
    quotaShareAccess('DescribeQuotaShare', quotaShareArn, context, ledger),
  handler: ({ ledger }, { quotaShareArn }, context) => {
    const record = existingQuotaShare(ledger, context, quotaShareArn);
    return { ...quotaShareDetail(record), tags: record.tags };
  },
});
