import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useWorker } from '../session/session-context.tsx';

/** Makes calls that change something. What is shown of that service is read again after each. */
export function useAct(): UseMutationResult<unknown, CallError, Call> {
  const worker = useWorker();
  const queries = useQueryClient();
  return useMutation<unknown, CallError, Call>({
    mutationFn: (call) => worker.call(call),
    onSuccess: (_answer, { service }) =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => sources(service).includes(String(queryKey[0])) }),
  });
}

/** What our own operations tell hangs on Batch, and changes of ours show there. */
function sources(service: string): readonly string[] {
  return service === 'batch' || service === 'batchyard' ? ['batch', 'batchyard'] : [service];
}
