import type {
  DescribeComputeEnvironmentsCommandOutput,
  DescribeJobDefinitionsCommandOutput,
  ListConsumableResourcesCommandOutput,
  ListSchedulingPoliciesCommandOutput,
} from '@aws-sdk/client-batch';
import { useQuery } from '@tanstack/react-query';
import type { DescribeInstanceTypesOutput } from '../../../src/services/batch/batchyard/describe-instance-types.ts';
import type { ListQueuesOutput } from '../../../src/services/batch/batchyard/list-queues.ts';
import type { Sources } from '../fields/check.ts';
import type { Source } from '../fields/field.ts';
import { useWorker } from '../session/session-context.tsx';
import { useCall, type Wire } from './use-call.ts';

/** What there is, as far as `wanted` asks for it and one may see it: what fields offer. */
export function useSources(wanted: ReadonlySet<Source>): Sources {
  const queues = useNames<ListQueuesOutput>(wanted.has('queues'), 'batchyard', 'ListQueues', {}, ({ queues }) =>
    queues.map(({ jobQueueName }) => jobQueueName),
  );
  const environments = useNames<DescribeComputeEnvironmentsCommandOutput>(
    wanted.has('environments'),
    ...(['batch', 'DescribeComputeEnvironments', {}] as const),
    ({ computeEnvironments = [] }) => computeEnvironments.map((each) => each.computeEnvironmentName),
  );
  const definitions = useNames<DescribeJobDefinitionsCommandOutput>(
    wanted.has('definitions'),
    ...(['batch', 'DescribeJobDefinitions', { status: 'ACTIVE' }] as const),
    ({ jobDefinitions = [] }) => jobDefinitions.map((each) => each.jobDefinitionName),
  );
  const policies = useNames<ListSchedulingPoliciesCommandOutput>(
    wanted.has('policies') || wanted.has('policyNames'),
    ...(['batch', 'ListSchedulingPolicies', {}] as const),
    ({ schedulingPolicies = [] }) => schedulingPolicies.map(({ arn }) => arn),
  );
  const consumables = useNames<ListConsumableResourcesCommandOutput>(
    wanted.has('consumables'),
    ...(['batch', 'ListConsumableResources', {}] as const),
    ({ consumableResources = [] }) => consumableResources.map((each) => each.consumableResourceName),
  );
  const instanceTypes = useInstanceTypes(wanted.has('instanceTypes'));
  const policyNames = policies.map((arn) => arn.slice(arn.indexOf('/') + 1));
  return { queues, environments, definitions, policies, policyNames, consumables, instanceTypes };
}

/** Each name once. Whoever may not see them types them. */
function useNames<Output>(
  enabled: boolean,
  service: 'batch' | 'batchyard',
  operation: string,
  input: object,
  names: (answer: Wire<Output>) => readonly (string | undefined)[],
): readonly string[] {
  const call = { service, operation, input: { ...input, maxResults: 100 } };
  const { data } = useCall<Wire<Output>>(call, { enabled });
  const found = data ? names(data) : [];
  return [...new Set(found)].filter((name) => name !== undefined);
}

/** The catalogue does not change while a server runs: it is read once. */
function useInstanceTypes(enabled: boolean): readonly string[] {
  const worker = useWorker();
  const call = { service: 'batchyard', operation: 'DescribeInstanceTypes', input: {} } as const;
  const { data } = useQuery({
    queryKey: [call.service, call.operation],
    queryFn: () => worker.call(call) as Promise<DescribeInstanceTypesOutput>,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return data ? ['optimal', ...namesIn(data.catalogue)] : [];
}

/** Families, then each of their sizes. */
function namesIn({ families }: DescribeInstanceTypesOutput['catalogue']): readonly string[] {
  const sizes = Object.entries(families).flatMap(([name, family]) =>
    Object.keys(family.sizes).map((size) => `${name}.${size}`),
  );
  return [...Object.keys(families), ...sizes];
}
