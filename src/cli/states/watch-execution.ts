import type { DescribeExecutionOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import type { Milliseconds } from '../../core/ids.ts';
import type { Client } from '../client/client.ts';
import { type Invocation, pause } from '../invocation.ts';

/** AWS's API has no push: polls often while something happens, and ever slower, up to this, while nothing does. */
const longestPause: Milliseconds = 250;
const shortestPause: Milliseconds = 15;
const pageSize = 1_000;

export type ExecutionNews =
  | { readonly kind: 'event'; readonly event: HistoryEvent }
  /** Nothing new; comes several times a second. */
  | { readonly kind: 'waiting' }
  /** Comes last. */
  | { readonly kind: 'ended'; readonly execution: DescribeExecutionOutput };

/** Watches an execution until it ends: each event of its history once, in order. */
export async function* watchExecution(
  { clock }: Pick<Invocation, 'clock'>,
  client: Client,
  executionArn: string,
): AsyncGenerator<ExecutionNews> {
  let last = 0;
  let wait = shortestPause;
  for (;;) {
    const execution = await client.states('DescribeExecution', { executionArn });
    const before = last;
    for await (const event of eventsAfter(client, executionArn, last)) {
      last = event.id ?? last;
      yield { kind: 'event', event };
    }
    if (execution.status !== 'RUNNING') return yield { kind: 'ended', execution };
    yield { kind: 'waiting' };
    wait = last === before ? Math.min(wait * 1.5, longestPause) : shortestPause;
    await pause(clock, wait);
  }
}

/** Newest first back to the last that is known, so that a long history is not read again and again. */
async function* eventsAfter(client: Client, executionArn: string, last: number): AsyncGenerator<HistoryEvent> {
  const found: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const request = { executionArn, reverseOrder: true, maxResults: pageSize, ...(nextToken && { nextToken }) };
    const page = await client.states('GetExecutionHistory', request);
    const fresh = (page.events ?? []).filter(({ id = 0 }) => id > last);
    found.push(...fresh);
    nextToken = fresh.length < pageSize ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  yield* found.reverse();
}
