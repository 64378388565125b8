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
