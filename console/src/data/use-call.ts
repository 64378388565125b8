import {
  keepPreviousData,
  type QueryObserverSuccessResult,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useRegion, useWorker } from '../session/session-context.tsx';
import { useLive } from './live-answers.tsx';

interface CallOptions {
  /** @default true */
  readonly enabled?: boolean;
  /** Whether the answer changes in ways of which the server does not tell: with time, or with what a job writes. @default false */
  readonly untold?: boolean;
}

/** While nobody tells what changes, answers are read again as often as this; else seldom, for what was not thought of. */
const intervals = { untold: 5_000, told: 60_000 } as const;

/** What `call` answers, read again while the page is looked at: when the server says that it has changed, else every five seconds. Its key is the call itself. */
export function useCall<Output>(
  call: Call,
  { enabled = true, untold = false }: CallOptions = {},
): UseQueryResult<Output, CallError> {
  const worker = useWorker();
  const isTold = useLive() === 'live' && !untold;
  const region = useRegion();
  const query = useQuery<Output, CallError>({
    queryKey: [call.service, call.operation, call.input, region],
    queryFn: () => worker.read(call) as Promise<Output>,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? intervals.told : intervals.untold,
    retry: (failures, error) => error.unreachable && failures < 3,
  });
  return readable(query);
}

/** While the server is not there, what it answered before stays in sight. */
function readable<Output>(query: UseQueryResult<Output, CallError>): UseQueryResult<Output, CallError> {
  if (!query.error?.unreachable || query.data === undefined) return query;
  const told = { error: null, isError: false, isRefetchError: false, isSuccess: true, status: 'success' } as const;
  return { ...query, ...told } as QueryObserverSuccessResult<Output, CallError>;
}

export type { Wire } from './wire.ts';
