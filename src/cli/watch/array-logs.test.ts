import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { arrayLines } from './array-logs.ts';

/** A server with an array of so many children, of which each has written one line, later ones earlier; the calls are counted. */
function serverOf(size: number, gone: ReadonlySet<number> = new Set()) {
  const calls = { ListJobs: 0, DescribeJobs: 0, FilterLogEvents: 0 };
  const pageOf = (jobStatus: string, from: number) => ({
    jobSummaryList: Array.from({ length: jobStatus === 'FAILED' ? Math.min(1_000, size - from) : 0 }, (_, at) => ({
      jobId: `a:${from + at}`,
      startedAt: 1,
    })),
    ...(jobStatus === 'FAILED' && from + 1_000 < size && { nextToken: String(from + 1_000) }),
  });
  const client = {
    batch: async (name: 'ListJobs' | 'DescribeJobs', input: Readonly<Record<string, unknown>>) => {
      calls[name] += 1;
      if (name === 'ListJobs') return pageOf(String(input.jobStatus), Number(input.nextToken ?? 0));
      const ids = input.jobs as readonly string[];
      return {
        jobs: ids.map((jobId) => {
          const index = Number(jobId.split(':')[1]);
          return { jobId, arrayProperties: { index }, container: { logStreamName: `s${index}` } };
        }),
      };
    },
    logs: async (name: 'FilterLogEvents', input: { logStreamNames: readonly string[]; limit: number }) => {
      calls[name] += 1;
      const indexes = input.logStreamNames.map((stream) => Number(stream.slice(1)));
      if (indexes.some((index) => gone.has(index))) throw new ApiError('ResourceNotFoundException', 'gone', 400);
      const events = indexes.map((index) => ({ logStreamName: `s${index}`, timestamp: size - index, message: 'm' }));
      return { events: events.sort((a, b) => a.timestamp - b.timestamp) };
    },
  } as unknown as Client;
  return { calls, client };
}

const indexesOf = async (client: Client) =>
  (await Array.fromAsync(arrayLines(client, 'a', {}))).map(({ index }) => index);

test('the lines of 10,000 children are one sequence by time, read in hundreds', async () => {
  const { calls, client } = serverOf(10_000);
  const expected = Array.from({ length: 10_000 }, (_, at) => 9_999 - at);
  assert.deepEqual(await indexesOf(client), expected);
  assert.deepEqual(calls, { ListJobs: 15, DescribeJobs: 100, FilterLogEvents: 100 });
});

test('a stream that was deleted takes no other with it', async () => {
  const { client } = serverOf(150, new Set([3, 120]));
  const found = await indexesOf(client);
  assert.equal(found.length, 148);
  assert.ok(!found.includes(3) && !found.includes(120));
});
