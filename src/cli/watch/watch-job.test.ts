import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { watchJob } from './watch-job.ts';

/** A server whose job has ended, and wrote two lines, when it is first looked at. */
const ended = {
  batch: async () => ({
    jobs: [{ jobId: 'j', jobName: 'short', status: 'SUCCEEDED', container: { logStreamName: 's' } }],
  }),
  logs: async (_name: string, { nextToken }: { readonly nextToken?: string }) => ({
    events: nextToken ? [] : [{ message: 'one' }, { message: 'two' }],
    nextForwardToken: 'end',
  }),
} as unknown as Client;

test('what a job wrote comes before its end, even if both are found at once', async () => {
  const news = await Array.fromAsync(watchJob('j', { client: ended, clock: new ManualClock(), logs: {} }));
  assert.deepEqual(
    news.map((each) => (each.kind === 'log' ? each.line.message : each.kind)),
    ['one', 'two', 'state', 'ended'],
  );
});

test('lines that were read before the server went away are shown, and none twice', async () => {
  const pages: readonly (() => object)[] = [
    () => ({ events: [{ message: 'one' }], nextForwardToken: 'a' }),
    () => {
      throw new ServerUnreachable('away');
    },
    () => ({ events: [{ message: 'two' }], nextForwardToken: 'b' }),
    () => ({ events: [], nextForwardToken: 'b' }),
  ];
  let page = 0;
  const restarted = {
    ...ended,
    logs: async () => {
      page += 1;
      return pages[page - 1]?.();
    },
  } as unknown as Client;
  const clock = new ManualClock();
  // Once it waits for the server.
  const onAway = () => queueMicrotask(() => clock.advance(500));
  const news = await Array.fromAsync(watchJob('j', { client: restarted, clock, logs: {}, onAway }));
  assert.deepEqual(
    news.flatMap((each) => (each.kind === 'log' ? [each.line.message] : [])),
    ['one', 'two'],
  );
});
