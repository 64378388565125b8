import type { GetJobQueueSnapshotCommandOutput } from '@aws-sdk/client-batch';
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
