import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { LongStart } from './long-start.ts';

function stage(answer: () => string) {
  const clock = new ManualClock();
  let asked = 0;
  const extension = async () => {
    asked += 1;
    return { text: answer() };
  };
  const start = new LongStart({ client: { extension } as unknown as Client, clock });
  return {
    clock,
    asked: () => asked,
    why: (status: 'STARTING' | 'RUNNING') => start.why({ jobId: 'j', status } as never),
  };
}

test('a job that is long in starting is asked about once a second, and says what it waits for', async () => {
  let percent = 0;
  const { clock, asked, why } = stage(() => {
    percent += 10;
    return `Starting: pulling a:1: ${percent} of 100 MiB`;
  });
  assert.deepEqual(await why('STARTING'), {});
  clock.advance(999);
  assert.deepEqual([await why('STARTING'), asked()], [{}, 0]);
  clock.advance(1);
  assert.deepEqual(await why('STARTING'), { why: 'Starting: pulling a:1: 10 of 100 MiB' });
  clock.advance(500);
  assert.deepEqual(await why('STARTING'), { why: 'Starting: pulling a:1: 10 of 100 MiB' });
  clock.advance(500);
  assert.deepEqual(await why('STARTING'), { why: 'Starting: pulling a:1: 20 of 100 MiB' });
  assert.deepEqual([await why('RUNNING'), asked()], [{}, 2]);
});

test('who may not have a job explained waits on', async () => {
  const { clock, why } = stage(() => {
    throw new ApiError('AccessDeniedException', 'no', 403);
  });
  await why('STARTING');
  clock.advance(1_000);
  assert.deepEqual(await why('STARTING'), {});
});
