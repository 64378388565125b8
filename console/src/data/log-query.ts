import type { GetQueryResultsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { useQuery } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import { useWorker } from '../session/session-context.tsx';
import type { Wire } from './use-call.ts';

export type QueryResults = Wire<GetQueryResultsCommandOutput>;

/** Whether a query with this status goes on. */
export function isRunning(status: string | undefined): boolean {
  return status === 'Scheduled' || status === 'Running';
}

/** What a query of Logs Insights has found so far: asked twice a second until it has ended, since no fact tells how far it is. */
export function useQueryResults(queryId: string | undefined) {
  const worker = useWorker();
  const call = { service: 'logs', operation: 'GetQueryResults', input: { queryId } } as const;
  return useQuery<QueryResults, CallError>({
    queryKey: ['log-query', queryId],
    queryFn: () => worker.call(call) as Promise<QueryResults>,
    enabled: queryId !== undefined,
    refetchInterval: ({ state }) => (state.error || !isRunning(state.data?.status) ? false : 500),
    retry: false,
  });
}
