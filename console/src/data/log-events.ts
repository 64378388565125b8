import type { FilteredLogEvent, FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import { useSession, useWorker } from '../session/session-context.tsx';
import type { Wire } from './use-call.ts';

export type LogEvent = Wire<FilteredLogEvent>;

export interface EventSelection {
  readonly logGroupName: string;
  readonly logStreamNames?: readonly string[];
  readonly filterPattern?: string;
  readonly startTime?: number;
  readonly endTime?: number;
}

type EventPage = Wire<FilterLogEventsCommandOutput>;

/**
 * The events of a group that are selected, oldest first, a page after another as it is asked for. What was read is not read
 * again by itself: the places of later pages hang on it, and who wants what comes has the live tail.
 */
export function useLogEvents(selection: EventSelection) {
  const worker = useWorker();
  const session = useSession();
  const region = session?.kind === 'signed-in' ? session.region : undefined;
  return useInfiniteQuery<EventPage, CallError, readonly LogEvent[], readonly unknown[], string | undefined>({
    queryKey: ['logs', 'FilterLogEvents', selection, region],
    queryFn: ({ pageParam }) => {
      const input = { ...selection, limit: 10_000, ...(pageParam !== undefined && { nextToken: pageParam }) };
      return worker.call({ service: 'logs', operation: 'FilterLogEvents', input }) as Promise<EventPage>;
    },
    initialPageParam: undefined,
    getNextPageParam: ({ nextToken }) => nextToken,
    select: ({ pages }) => pages.flatMap(({ events }) => events ?? []),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
