import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { encodeChildren } from './child-codec.ts';
import { childCode } from './child-states.ts';
import { Crowd } from './crowd.fixture.ts';
import type { EndedJob } from './ports.ts';
import { Registry } from './registry.ts';
import { storedChild } from './submission.ts';

test('an array that waits for an ended one child by child reads its bits once, however many children there are', () => {
  const size = 10_000;
  const codes = new Uint8Array(size).fill(childCode.succeeded);
  codes[7] = childCode.failed;
  const bits = encodeChildren({ codes, changedAt: 1 });
  let reads = 0;
  const ended: EndedJob = {
    jobId: 'array' as JobId,
    kind: 'array',
    status: 'FAILED',
    size,
    get bits() {
      reads += 1;
      return bits;
    },
  };
  const failed = Array.from({ length: size }, (_, index) => index).filter(
    (index) => storedChild(ended, index) === 'FAILED',
  );
  assert.deepEqual(failed, [7]);
  assert.equal(reads, 1);
});

test('an array looks up once what it waits for child by child, however many children it has', (context) => {
  const crowd = new Crowd();
  const on = [crowd.submit('array', 500), crowd.submit('array', 500)];
  const lookUp = context.mock.method(Registry.prototype, 'get');
  crowd.submit(
    'array',
    500,
    on.map((each) => ({ on: each, type: 'N_TO_N' })),
  );
  assert.ok(lookUp.mock.callCount() < 20, `${lookUp.mock.callCount()} times`);
});

test('a child of what is no array ends as the whole does', () => {
  const ended = { jobId: 'job' as JobId, kind: 'single', status: 'SUCCEEDED' } as const;
  assert.equal(storedChild(ended, 3), 'SUCCEEDED');
});
