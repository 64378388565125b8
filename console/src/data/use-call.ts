import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useSession, useWorker } from '../session/session-context.tsx';

interface CallOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/** What `call` answers, read again every five seconds while the page is looked at. Its key is the call itself. */
export function useCall<Output>(call: Call, { enabled = true }: CallOptions = {}): UseQueryResult<Output, CallError> {
  const worker = useWorker();
  const session = useSession();
  const region = session?.kind === 'signed-in' ? session.region : undefined;
  return useQuery<Output, CallError>({
    queryKey: [call.service, call.operation, call.input, region],
    queryFn: () => worker.call(call) as Promise<Output>,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    retry: (failures, error) => error.unreachable && failures < 3,
  });
}

export type { Wire } from './wire.ts';
