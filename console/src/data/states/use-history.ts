import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CallError } from '../../api/call-error.ts';
import { useSession, useWorker } from '../../session/session-context.tsx';
import type { WorkerClient } from '../../session/worker-client.ts';
import type { HistoryEvent } from './history-event.ts';

/** What of a history is held: its first events, without a gap. */
export interface History {
  readonly events: readonly HistoryEvent[];
  /** There are more than a page holds at once. */
  readonly isCut: boolean;
}

interface Page {
  readonly events?: readonly HistoryEvent[];
  readonly nextToken?: string;
}

const most = 10_000;
const pageSize = 1000;

/**
 * The events of an execution from its first one on. Read whole once; after that, whenever `asOf` changes, what is newer: a long history is
 * not sent again for each new event.
 */
export function useHistory(executionArn: string, asOf: number): UseQueryResult<History, CallError> {
  const worker = useWorker();
  const queries = useQueryClient();
  const session = useSession();
  const region = session?.kind === 'signed-in' ? session.region : undefined;
  const queryKey = ['states', 'GetExecutionHistory', { executionArn }, region, 'from the first'];
  const query = useQuery<History, CallError>({
    queryKey,
    queryFn: () => readOn(worker, executionArn, queries.getQueryData<History>(queryKey)),
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => error.unreachable && failures < 3,
  });
  const { refetch } = query;
  useEffect(() => {
    // One that is under way goes on: the first one reads all.
    if (asOf > 0) void refetch({ cancelRefetch: false });
  }, [asOf, refetch]);
  return query;
}

async function readOn(worker: WorkerClient, executionArn: string, known: History | undefined): Promise<History> {
  const last = known?.events.at(-1)?.id ?? 0;
  if (!known || last === 0) return readFirst(worker, executionArn);
  if (known.isCut) return known;
  const newer: HistoryEvent[] = [];
  for (let page = await read(worker, executionArn, true); ; page = await read(worker, executionArn, true, page)) {
    const events = (page.events ?? []).filter(({ id = 0 }) => id > last);
    newer.push(...events);
    if (events.length < (page.events ?? []).length || page.nextToken === undefined) break;
  }
  if (newer.length === 0) return known;
  return { events: [...known.events, ...newer.reverse()], isCut: false };
}

async function readFirst(worker: WorkerClient, executionArn: string): Promise<History> {
  const events: HistoryEvent[] = [];
  let page = await read(worker, executionArn, false);
  events.push(...(page.events ?? []));
  while (page.nextToken !== undefined && events.length < most) {
    page = await read(worker, executionArn, false, page);
    events.push(...(page.events ?? []));
  }
  return { events, isCut: page.nextToken !== undefined };
}

async function read(worker: WorkerClient, executionArn: string, reverseOrder: boolean, after?: Page): Promise<Page> {
  const token = after?.nextToken === undefined ? {} : { nextToken: after.nextToken };
  const input = { executionArn, reverseOrder, maxResults: pageSize, ...token };
  return (await worker.call({ service: 'states', operation: 'GetExecutionHistory', input })) as Page;
}
