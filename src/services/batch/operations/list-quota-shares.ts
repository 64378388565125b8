import type { ListQuotaSharesCommandInput, ListQuotaSharesCommandOutput } from '@aws-sdk/client-batch';
import { textOf } from '../../../core/unvalidated.ts';
import { arnReferred, findJobQueue, jobQueueArn, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { pageFrom } from '../page.ts';
import { refuse } from '../refusals.ts';
import { quotaSharesOf } from '../resources/quota-share.ts';
import { listQuotaShares as schema } from '../schemas/quota-share.ts';
import { resourceTagConditions } from '../tags.ts';
import { quotaShareDetail } from '../views/quota-share.ts';

/** Lists the quota shares of a queue by name, a page at a time. */
export const listQuotaShares = batchOperation<ListQuotaSharesCommandInput, ListQuotaSharesCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ jobQueue }, context, { ledger }) => {
    const named = textOf(jobQueue) ?? '*';
    const conditions = resourceTagConditions(findJobQueue(ledger, context, named)?.tags);
    return [{ action: 'batch:ListQuotaShares', resource: jobQueueArn(context, nameIn(named)), conditions }];
  },
  handler: ({ ledger }, input, context) => {
    const queue = findJobQueue(ledger, context, input.jobQueue);
    if (!queue) return refuse(`${arnReferred(input.jobQueue, (name) => jobQueueArn(context, name))} does not exist`);
    const page = pageFrom(
      'QuotaShares',
      (after) => quotaSharesOf(ledger, queue, after),
      ({ name }) => name,
      input,
    );
    return { quotaShares: page.items.map(quotaShareDetail), nextToken: page.nextToken };
  },
});
