import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useWorker } from '../session/session-context.tsx';

/** What `call` answers, asked once: for what is the same whenever it is asked. Nothing is asked where there is no call. */
export function useAnswer<Output>(call: Call | undefined): UseQueryResult<Output, CallError> {
  const worker = useWorker();
  return useQuery<Output, CallError>({
    queryKey: ['answer', call?.service, call?.operation, call?.input],
    queryFn: () => (call ? worker.call(call) : Promise.reject(new Error('no call'))) as Promise<Output>,
    enabled: call !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
