import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useWorker } from '../session/session-context.tsx';

/** Asks once, when somebody wants to know: what costs the server much, or what is written to a file. Changes nothing. */
export function useAsk<Output>(): UseMutationResult<Output, CallError, Call> {
  const worker = useWorker();
  return useMutation<Output, CallError, Call>({ mutationFn: (call) => worker.call(call) as Promise<Output> });
}
