import type {
  ConsumableResourceSummary,
  DescribeConsumableResourceCommandOutput,
  ListConsumableResourcesCommandOutput,
  ListJobsByConsumableResourceCommandOutput,
  ListJobsByConsumableResourceSummary,
} from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

export type Consumable = Wire<ConsumableResourceSummary>;
export type ConsumingJob = Wire<ListJobsByConsumableResourceSummary>;

export function useConsumables(nextToken: string | undefined) {
  const input = { maxResults: 50, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'batch', operation: 'ListConsumableResources', input } as const;
  return useCall<Wire<ListConsumableResourcesCommandOutput>>(call);
}

export function useConsumable(consumableResource: string) {
  const call = { service: 'batch', operation: 'DescribeConsumableResource', input: { consumableResource } } as const;
  return useCall<Wire<DescribeConsumableResourceCommandOutput>>(call);
}

/** Jobs that hold units of it or wait for them, a page of them. */
export function useConsumingJobs(consumableResource: string, nextToken: string | undefined) {
  const input = { consumableResource, maxResults: 50, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'batch', operation: 'ListJobsByConsumableResource', input } as const;
  return useCall<Wire<ListJobsByConsumableResourceCommandOutput>>(call);
}
