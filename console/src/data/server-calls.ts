import type { ServerCalls } from '../../../src/cli/client/client.ts';
import type { WorkerClient } from '../session/worker-client.ts';

/** The calls of a page for what asks a server for much: the same that the `batchyard` command makes. */
export function serverCalls(worker: WorkerClient): ServerCalls {
  const call = (service: 'batch' | 'batchyard') => (operation: string, input: object) =>
    worker.call({ service, operation, input }) as Promise<never>;
  return { batch: call('batch'), extension: call('batchyard') };
}
