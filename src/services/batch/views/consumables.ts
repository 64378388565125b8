import type { ConsumableResourceProperties } from '@aws-sdk/client-batch';
import type { JobRecord } from '../../../core/job-record.ts';
import type { ConsumableRecord } from '../../../core/job-specification.ts';

/**
 * The consumable resources that a job needs, by ARN; of an array, that each child needs, of a multi-node job, that all of it does.
 * Undefined for none.
 */
export function consumableProperties({ resources }: JobRecord): ConsumableResourceProperties | undefined {
  return resources.consumables && propertiesOf(resources.consumables);
}

/** The same in AWS's form. */
export function propertiesOf(consumables: readonly ConsumableRecord[]): ConsumableResourceProperties {
  return {
    consumableResourceList: consumables.map(({ resource, quantity }) => ({ consumableResource: resource, quantity })),
  };
}
