import type { ListQueuesOutput } from '../../../src/services/batch/batchyard/list-queues.ts';
import { useCall } from './use-call.ts';

export type ShownQueue = ListQueuesOutput['queues'][number];

/** The queues, each with its jobs by status, its shares and what its head waits for. */
export function useQueues() {
  return useCall<ListQueuesOutput>({ service: 'batchyard', operation: 'ListQueues', input: { maxResults: 100 } });
}
