import type {
  CreateConsumableResourceCommandInput,
  CreateConsumableResourceCommandOutput,
} from '@aws-sdk/client-batch';
import { scopeOf } from '../../../core/arn.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { consumableResourceArn, isName } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ConsumableResourceRecord, consumableResourceRecords } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { createConsumableResource as schema } from '../schemas/consumable-resource.ts';
import { checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';

/** Creates something of which jobs may need units. Spec 09, 2025-02-26. No words are reported of AWS. */
export const createConsumableResource = batchOperation<
  CreateConsumableResourceCommandInput,
  CreateConsumableResourceCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ consumableResourceName, tags }, context) => [
    {
      action: 'batch:CreateConsumableResource',
      resource: consumableResourceArn(context, textOf(consumableResourceName) ?? '*'),
      conditions: requestTagConditions(tags),
    },
    ...tagOnCreate(consumableResourceArn(context, textOf(consumableResourceName) ?? '*'), tags),
  ],
  handler: ({ ledger, yard, clock, quotas }, input, context) => {
    const { consumableResourceName: name, totalQuantity: total = 0, tags = {} } = input;
    demand(isName(name), 'Consumable resource name should match a valid pattern.');
    demand(total >= 0, 'totalQuantity must not be negative.');
    const type = typeOf(input.resourceType);
    checkTags(tags, quotas.tagsPerResource);
    const scope = scopeOf(context);
    if (ledger.get(consumableResourceRecords, scope, name)) refuseTaken();
    const limit = quotas.consumableResources;
    const hasRoom = ledger.count(consumableResourceRecords, scope) < limit;
    if (!hasRoom) refuse(`Maximum number of consumable resources (${limit}) reached.`);
    const arn = consumableResourceArn(scope, name);
    const record = { ...scope, name, arn, type, total, tags, createdAt: clock.now() };
    ledger.transact((transaction) => {
      transaction.put(consumableResourceRecords, record);
      yard.consumableChanged(transaction, record);
    });
    return { consumableResourceName: name, consumableResourceArn: arn };
  },
});

function typeOf(given = 'REPLENISHABLE'): ConsumableResourceRecord['type'] {
  const isKnown = given === 'REPLENISHABLE' || given === 'NON_REPLENISHABLE';
  demand(isKnown, `resourceType ${given} is not valid. Valid values: [REPLENISHABLE, NON_REPLENISHABLE]`);
  return given;
}
