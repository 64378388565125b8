import type { DescribeArrayOutput } from '../../../src/services/batch/batchyard/describe-array.ts';
import type { GroupFailuresOutput } from '../../../src/services/batch/batchyard/group-failures.ts';
import { useCall } from './use-call.ts';

export type FailedAlike = GroupFailuresOutput['groups'][number];

/** What every child of an array is. */
export function useArray(jobId: string) {
  return useCall<DescribeArrayOutput>({ service: 'batchyard', operation: 'DescribeArray', input: { jobId } });
}

/** What failed of a job, by how it did. */
export function useFailureGroups(jobId: string, { enabled = true } = {}) {
  const call = { service: 'batchyard', operation: 'GroupFailures', input: { jobId } } as const;
  return useCall<GroupFailuresOutput>(call, { enabled });
}
