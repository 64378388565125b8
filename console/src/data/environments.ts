import type { ComputeEnvironmentDetail, DescribeComputeEnvironmentsCommandOutput } from '@aws-sdk/client-batch';
import type { DescribedInstance, ListInstancesOutput } from '../../../src/services/batch/batchyard/instances.ts';
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

/** One environment, `undefined` inside the answer if there is none of that name. */
export function useEnvironment(name: string) {
  const input = { computeEnvironments: [name] };
  const call = { service: 'batch', operation: 'DescribeComputeEnvironments', input } as const;
  return useCall<Wire<DescribeComputeEnvironmentsCommandOutput>>(call);
}

/** One instance, and what it was launched with. */
export function useInstance(instanceId: string) {
  return useCall<DescribedInstance>({ service: 'batchyard', operation: 'DescribeInstance', input: { instanceId } });
}
