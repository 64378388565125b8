import type { RequestContext } from '../../../core/operation.ts';
import type { Ledger } from '../../../store/index.ts';
import { arnReferred, consumableResourceArn, findConsumableResource } from '../names.ts';
import type { ConsumableResourceRecord } from '../records.ts';
import { refuse } from '../refusals.ts';
import type { Yard } from '../yard/index.ts';
import { namedAccess } from './named-access.ts';

/** Access to one consumable resource, with the tags that it has. */
export const consumableAccess = namedAccess(findConsumableResource, consumableResourceArn);

/** The consumable resource that a request names. No words are reported of AWS of one that is not there: worded as of a queue. */
export function existingConsumable(
  ledger: Ledger,
  context: RequestContext,
  reference: string,
): ConsumableResourceRecord {
  const record = findConsumableResource(ledger, context, reference);
  return record ?? refuse(`${arnReferred(reference, (name) => consumableResourceArn(context, name))} does not exist`);
}

/** How many units there are, as AWS shows it. */
export interface Quantities {
  readonly totalQuantity: number;
  readonly inUseQuantity: number;
  readonly availableQuantity: number;
}

/**
 * A total that was set below what jobs hold comes true as they end; until then all that they hold is the total (AWS's guide,
 * "Update the quantity of a resource while it is in use by jobs").
 */
export function quantitiesOf({ arn, total }: ConsumableResourceRecord, yard: Yard): Quantities {
  const inUseQuantity = yard.heldOf(arn);
  const availableQuantity = Math.max(0, total - inUseQuantity);
  return { totalQuantity: inUseQuantity + availableQuantity, inUseQuantity, availableQuantity };
}
