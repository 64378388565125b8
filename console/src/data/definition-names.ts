import type { DescribeJobDefinitionsCommandOutput } from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

/** Names of active job definitions, those of the first hundred revisions. */
export function useDefinitionNames(enabled: boolean): readonly string[] {
  const input = { status: 'ACTIVE', maxResults: 100 };
  const call = { service: 'batch', operation: 'DescribeJobDefinitions', input } as const;
  const { data } = useCall<Wire<DescribeJobDefinitionsCommandOutput>>(call, { enabled });
  return [...new Set((data?.jobDefinitions ?? []).map(({ jobDefinitionName = '' }) => jobDefinitionName))];
}
