import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import type { Client } from '../client/client.ts';
import { type WatchOptions, watch } from '../watch/watch.ts';

const pageSize = 1_000;

export type ExecutionNews =
  | { readonly kind: 'event'; readonly event: HistoryEvent }
  /** Nothing new; comes several times a second. */
  | { readonly kind: 'waiting' }
  /** Comes last. */
  | { readonly kind: 'ended'; readonly execution: DescribeExecutionOutput };

/** Watches an execution until it ends: each event of its history once, in order. Survives a restart of the server. */
export function watchExecution(
  options: WatchOptions,
  client: Client,
  executionArn: string,
): AsyncGenerator<ExecutionNews> {
  let last = 0;
  return watch(options, async function* (ask) {
    const execution = await ask(() => client.states('DescribeExecution', { executionArn }));
    const events = await ask(() => eventsAfter(client, executionArn, last));
    for (const event of events) yield { kind: 'event', event };
    last = events.at(-1)?.id ?? last;
    if (execution.status !== 'RUNNING') {
      yield { kind: 'ended', execution };
      return 'the end';
    }
    yield { kind: 'waiting' };
    return events.length > 0 ? 'news' : 'nothing new';
  });
}

/** Newest first back to the last that is known, so that a long history is not read again and again. */
async function eventsAfter(client: Client, executionArn: string, last: number): Promise<readonly HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const request = { executionArn, reverseOrder: true, maxResults: pageSize, ...(nextToken && { nextToken }) };
    const page = await client.states('GetExecutionHistory', request);
    const fresh = (page.events ?? []).filter(({ id = 0 }) => id > last);
    found.push(...fresh);
    nextToken = fresh.length < pageSize ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  return found.reverse();
}
