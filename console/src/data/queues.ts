import type { DescribeJobQueuesCommandOutput, GetJobQueueSnapshotCommandOutput } from '@aws-sdk/client-batch';
import type { ListQueuesOutput } from '../../../src/services/batch/batchyard/list-queues.ts';
import { useCall, type Wire } from './use-call.ts';

export type ShownQueue = ListQueuesOutput['queues'][number];

/** The queues, each with its jobs by status, its shares and what its head waits for. */
export function useQueues() {
  return useCall<ListQueuesOutput>({ service: 'batchyard', operation: 'ListQueues', input: { maxResults: 100 } });
}

/** The jobs that are next in a queue, in the order in which they will be dispatched. */
export function useQueueFront(jobQueue: string) {
  const call = { service: 'batch', operation: 'GetJobQueueSnapshot', input: { jobQueue } } as const;
  return useCall<Wire<GetJobQueueSnapshotCommandOutput>>(call);
}

/** A queue as it was made, `undefined` inside the answer if there is none of that name. */
export function useQueueDetail(name: string) {
  const call = { service: 'batch', operation: 'DescribeJobQueues', input: { jobQueues: [name] } } as const;
  return useCall<Wire<DescribeJobQueuesCommandOutput>>(call);
}
