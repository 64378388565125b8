import type {
  UpdateConsumableResourceCommandInput,
  UpdateConsumableResourceCommandOutput,
} from '@aws-sdk/client-batch';
import type { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import type { Remember } from '../idempotency.ts';
import { batchOperation } from '../operation.ts';
import { type ConsumableResourceRecord, consumableResourceRecords } from '../records.ts';
import { demand } from '../refusals.ts';
import { consumableAccess, existingConsumable, quantitiesOf } from '../resources/consumable-resource.ts';
import type { BatchRuntime } from '../runtime.ts';
import { updateConsumableResource as schema } from '../schemas/consumable-resource.ts';

type Input = z.infer<typeof schema>;
type Output = Omit<UpdateConsumableResourceCommandOutput, '$metadata'>;

/**
 * Changes how many units of a consumable resource there are, also to fewer than jobs hold: then none is given out until enough
 * have come back. `operation` absent: SET. No words are reported of AWS.
 */
export const updateConsumableResource = batchOperation<
  UpdateConsumableResourceCommandInput,
  UpdateConsumableResourceCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ consumableResource }, context, { ledger }) =>
    consumableAccess('UpdateConsumableResource', consumableResource, context, ledger),
  handler: (runtime, input, context) =>
    runtime.idempotency.run<Output>(context, 'UpdateConsumableResource', input, (remember) => {
      const { clientToken } = input;
      if (clientToken === undefined) return update(runtime, input, context, [remember]);
      return runtime.idempotency.runOnce<Output>(
        context,
        'UpdateConsumableResource',
        clientToken,
        input,
        (rememberToken) => update(runtime, input, context, [remember, rememberToken]),
      );
    }),
});

function update(
  { ledger, yard }: BatchRuntime,
  input: Input,
  context: RequestContext,
  remember: readonly Remember<Output>[],
): Output {
  const record = existingConsumable(ledger, context, input.consumableResource);
  const updated = { ...record, total: newTotal(record, input) };
  return ledger.transact((transaction) => {
    transaction.put(consumableResourceRecords, updated);
    yard.consumableChanged(transaction, updated);
    const { totalQuantity } = quantitiesOf(updated, yard);
    const output = { consumableResourceName: record.name, consumableResourceArn: record.arn, totalQuantity };
    for (const each of remember) each(transaction, output);
    return output;
  });
}

const totals: Readonly<Record<string, (total: number, quantity: number) => number>> = {
  SET: (_total, quantity) => quantity,
  ADD: (total, quantity) => total + quantity,
  REMOVE: (total, quantity) => total - quantity,
};

function newTotal({ total, name }: ConsumableResourceRecord, { operation = 'SET', quantity }: Input): number {
  const change = Object.hasOwn(totals, operation) ? totals[operation] : undefined;
  demand(change, `operation ${operation} is not valid. Valid values: [SET, ADD, REMOVE]`);
  demand(quantity !== undefined, 'quantity is required.');
  demand(quantity >= 0, 'quantity must not be negative.');
  const changed = change(total, quantity);
  demand(changed >= 0, `Cannot remove ${quantity} of consumable resource ${name}: its total quantity is ${total}.`);
  demand(Number.isSafeInteger(changed), `The total quantity of consumable resource ${name} would be too large.`);
  return changed;
}
