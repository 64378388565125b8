import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useWorker } from '../session/session-context.tsx';

/**
 * Makes calls one after the other; the first that is refused is the last. All of them can be made again: what is there already
 * is made as it is. What is shown of any service is read again afterwards.
 */
export function useCallChain(): UseMutationResult<void, CallError, readonly Call[]> {
  const worker = useWorker();
  const queries = useQueryClient();
  return useMutation<void, CallError, readonly Call[]>({
    mutationFn: async (calls) => {
      for (const call of calls) await worker.call(call);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
