import type { DescribeJobDefinitionsCommandOutput, JobDefinition as SdkJobDefinition } from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

export type JobDefinition = Wire<SdkJobDefinition>;

/** Active revisions, a page of them. */
export function useDefinitions(nextToken: string | undefined) {
  const input = { status: 'ACTIVE', maxResults: 50, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'batch', operation: 'DescribeJobDefinitions', input } as const;
  return useCall<Wire<DescribeJobDefinitionsCommandOutput>>(call);
}

/** The revisions of one name, newest first. */
export function useRevisions(jobDefinitionName: string) {
  const input = { jobDefinitionName, maxResults: 100 };
  const call = { service: 'batch', operation: 'DescribeJobDefinitions', input } as const;
  return useCall<Wire<DescribeJobDefinitionsCommandOutput>>(call);
}

/** One definition, by name (the newest active revision) or by name and revision. */
export function useDefinition(reference: string | undefined) {
  const [jobDefinitionName, revision] = (reference ?? '').split(':');
  const named = { jobDefinitionName, status: 'ACTIVE', maxResults: 100 };
  const input = revision === undefined ? named : { jobDefinitions: [reference] };
  const call = { service: 'batch', operation: 'DescribeJobDefinitions', input } as const;
  const { data, error, isPending } = useCall<Wire<DescribeJobDefinitionsCommandOutput>>(call, {
    enabled: reference !== undefined && reference !== '',
  });
  const newest = (data?.jobDefinitions ?? []).toSorted((one, other) => (other.revision ?? 0) - (one.revision ?? 0));
  return { definition: newest[0], error, isPending };
}
