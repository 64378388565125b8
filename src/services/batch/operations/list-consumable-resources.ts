import type { ListConsumableResourcesCommandInput, ListConsumableResourcesCommandOutput } from '@aws-sdk/client-batch';
import { scanPage } from '../../../core/scan-page.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { formatToken, pageSize, parseToken } from '../page.ts';
import { consumableResourceRecords } from '../records.ts';
import { invalid } from '../refusals.ts';
import { quantitiesOf } from '../resources/consumable-resource.ts';
import { matchesAny, readFilters } from '../resources/value-filters.ts';
import { listConsumableResources as schema } from '../schemas/consumable-resource.ts';

const tokenKind = 'ConsumableResources';
const pageLimit = 100;
/** Records that one page looks at: a filter may pass over thousands. */
const lookedAt = 5_000;

/** Lists consumable resources by name, a page at a time. */
export const listConsumableResources = batchOperation<
  ListConsumableResourcesCommandInput,
  ListConsumableResourcesCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListConsumableResources'),
  handler: ({ ledger, yard }, { filters, maxResults, nextToken }, context) => {
    const names = readFilters(filters, ['CONSUMABLE_RESOURCE_NAME']).CONSUMABLE_RESOURCE_NAME;
    const matches = matchesAny(names);
    const from = nextToken === undefined ? {} : { after: readToken(nextToken) };
    const page = scanPage(ledger.by(consumableResourceRecords, context, 'name', from), {
      placeOf: ({ name }) => name,
      pick: (record) => (matches(record.name) ? record : undefined),
      size: pageSize(maxResults, pageLimit),
      lookedAt,
    });
    return {
      consumableResources: page.items.map((record) => {
        const { totalQuantity, inUseQuantity } = quantitiesOf(record, yard);
        const { name, arn, type } = record;
        return {
          consumableResourceArn: arn,
          consumableResourceName: name,
          totalQuantity,
          inUseQuantity,
          resourceType: type,
        };
      }),
      nextToken: page.after === undefined ? undefined : formatToken(tokenKind, { after: page.after }),
    };
  },
});

function readToken(token: string): string {
  const { after } = parseToken(tokenKind, token);
  return typeof after === 'string' ? after : invalid('Invalid nextToken');
}
