import type { ComputeEnvironmentDetail, DescribeComputeEnvironmentsCommandOutput } from '@aws-sdk/client-batch';
import type { ListInstancesOutput } from '../../../src/services/batch/batchyard/instances.ts';
import { useCall, type Wire } from './use-call.ts';

export type ComputeEnvironment = Wire<ComputeEnvironmentDetail>;
export type ShownInstance = ListInstancesOutput['instances'][number];

export function useEnvironments() {
  const input = { maxResults: 100 };
  const call = { service: 'batch', operation: 'DescribeComputeEnvironments', input } as const;
  return useCall<Wire<DescribeComputeEnvironmentsCommandOutput>>(call);
}

/** The instances of all environments, launched and registered. */
export function useInstances() {
  return useCall<ListInstancesOutput>({ service: 'batchyard', operation: 'ListInstances', input: { maxResults: 100 } });
}
