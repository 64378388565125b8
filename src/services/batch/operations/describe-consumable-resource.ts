import type {
  DescribeConsumableResourceCommandInput,
  DescribeConsumableResourceCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import { batchOperation } from '../operation.ts';
import { consumableAccess, existingConsumable, quantitiesOf } from '../resources/consumable-resource.ts';

/** Says how many units of a consumable resource there are, and how many jobs hold. */
export const describeConsumableResource = batchOperation<
  DescribeConsumableResourceCommandInput,
  DescribeConsumableResourceCommandOutput
>()({
  schema: z.object({ consumableResource: z.string() }),
  readOnly: true,
  audit: 'management',
  access: ({ consumableResource }, context, { ledger }) =>
    consumableAccess('DescribeConsumableResource', consumableResource, context, ledger),
  handler: ({ ledger, yard }, { consumableResource }, context) => {
    const record = existingConsumable(ledger, context, consumableResource);
    return {
      consumableResourceName: record.name,
      consumableResourceArn: record.arn,
      ...quantitiesOf(record, yard),
      resourceType: record.type,
      createdAt: record.createdAt,
      tags: record.tags,
    };
  },
});
