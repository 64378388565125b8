import type { DescribeJobQueuesCommandOutput } from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

/** Names of job queues, the first hundred. */
export function useQueueNames(enabled: boolean): readonly string[] {
  const call = { service: 'batch', operation: 'DescribeJobQueues', input: { maxResults: 100 } } as const;
  const { data } = useCall<Wire<DescribeJobQueuesCommandOutput>>(call, { enabled });
  return (data?.jobQueues ?? []).map(({ jobQueueName = '' }) => jobQueueName);
}
