import type { ConsumableResourceProperties } from '@aws-sdk/client-batch';
import type { JobRecord } from '../../../core/job-record.ts';

/** The consumable resources that a job needs, by ARN; of an array, that each child needs. Undefined for none. */
export function consumableProperties({ resources }: JobRecord): ConsumableResourceProperties | undefined {
  const consumableResourceList = resources.consumables?.map(({ resource, quantity }) => ({
    consumableResource: resource,
    quantity,
  }));
  return consumableResourceList && { consumableResourceList };
}
