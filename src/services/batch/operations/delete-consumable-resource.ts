import type {
  DeleteConsumableResourceCommandInput,
  DeleteConsumableResourceCommandOutput,
} from '@aws-sdk/client-batch';
import { z } from 'zod';
import { findConsumableResource } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { consumableResourceRecords } from '../records.ts';
import { consumableAccess } from '../resources/consumable-resource.ts';

/**
 * Deletes a consumable resource, also while jobs hold units of it or wait for some: these wait until it is created again under its
 * name (AWS's guide, "Delete a consumable resource"). One that is not there is as good as deleted.
 */
export const deleteConsumableResource = batchOperation<
  DeleteConsumableResourceCommandInput,
  DeleteConsumableResourceCommandOutput
>()({
  schema: z.object({ consumableResource: z.string() }),
  readOnly: false,
  audit: 'management',
  access: ({ consumableResource }, context, { ledger }) =>
    consumableAccess('DeleteConsumableResource', consumableResource, context, ledger),
  handler: ({ ledger, yard }, { consumableResource }, context) => {
    const record = findConsumableResource(ledger, context, consumableResource);
    if (!record) return {};
    ledger.transact((transaction) => {
      transaction.delete(consumableResourceRecords, record, record.name);
      yard.consumableChanged(transaction, record);
    });
    return {};
  },
});
