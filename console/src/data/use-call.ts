import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useRegion, useWorker } from '../session/session-context.tsx';

interface CallOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/** What `call` answers, read again every five seconds while the page is looked at. Its key is the call itself. */
export function useCall<Output>(call: Call, { enabled = true }: CallOptions = {}): UseQueryResult<Output, CallError> {
  const worker = useWorker();
  const region = useRegion();
  const result = useQuery<Output, CallError>({
    queryKey: [call.service, call.operation, call.input, region],
    queryFn: () => worker.read(call) as Promise<Output>,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    retry: (failures, error) => error.unreachable && failures < 3,
  });
  // A bar says that the server is gone; what was read of it stays to be read.
  return result.data !== undefined && result.error?.unreachable ? shownOf(result) : result;
}

function shownOf<Output>(result: UseQueryResult<Output, CallError>): UseQueryResult<Output, CallError> {
  return { ...result, error: null, isError: false, status: 'success' } as UseQueryResult<Output, CallError>;
}

/** An SDK's shape as it is on the wire: times are numbers, bytes are base64. */
export type Wire<Shape> = Shape extends Date
  ? number
  : Shape extends Uint8Array
    ? string
    : Shape extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : Shape extends object
        ? { readonly [Key in keyof Shape]: Wire<Shape[Key]> }
        : Shape;
