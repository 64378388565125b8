import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { encodeChildren } from './child-codec.ts';
import { childCode } from './child-states.ts';
import { Crowd } from './crowd.fixture.ts';
import type { ArrayEntry } from './entry.ts';
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

test('an array of 10,000 that waits child by child for one of which every other child failed is moved and stopped in turns, also after a start', () => {
  const size = 10_000;
  const codes = Uint8Array.from({ length: size }, (_, at) => (at % 2 ? childCode.failed : childCode.succeeded));
  const on = 'ended' as JobId;
  const ended: EndedJob = {
    jobId: on,
    kind: 'array',
    status: 'FAILED',
    size,
    bits: encodeChildren({ codes, changedAt: 1 }),
  };
  const crowd = new Crowd();
  crowd.ended = new Map([[on, ended]]);
  const array = crowd.submit('array', size, [{ on, type: 'N_TO_N' }]);
  assert.ok(movedSince(crowd, 0) <= 1_001, `${movedSince(crowd, 0)} runs with the submission`);
  crowd.store.settle();
  const restarted = crowd.reloaded(crowd.store.copy());
  restarted.store.transact((transaction) => restarted.jobs.tellOfEnded(transaction, on, ended));
  restarted.jobs.recheck();
  for (const each of [crowd, restarted]) {
    for (let more = true; more; ) {
      const before = each.store.allFacts().length;
      more = each.jobs.step();
      assert.ok(movedSince(each, before) <= 1_000, `${movedSince(each, before)} runs in a turn`);
    }
    const { children } = each.jobs.get(array) as ArrayEntry;
    assert.deepEqual([children.countOf('FAILED'), children.countOf('RUNNABLE')], [5_000, 5_000]);
    assert.equal(each.scheduler.waiting.get(array)?.count, 5_000);
  }
  const before = crowd.store.allFacts().length;
  crowd.terminate(array);
  assert.ok(movedSince(crowd, before) <= 501, `${movedSince(crowd, before)} runs with the stop`);
  assert.equal(crowd.scheduler.waiting.size, 0);
  for (let more = true; more; ) {
    const told = crowd.store.allFacts().length;
    more = crowd.jobs.step();
    assert.ok(movedSince(crowd, told) <= 501, `${movedSince(crowd, told)} runs in a turn`);
  }
  assert.equal(crowd.jobs.size, 0);
});

/** Runs of children that facts tell of, and children that they tell of alone. */
function movedSince({ store }: Crowd, fact: number): number {
  const parts = store
    .allFacts()
    .slice(fact)
    .map(({ part }) => part);
  return parts.reduce((sum, part) => sum + (part?.kind === 'children' ? part.runs.length : part ? 1 : 0), 0);
}

test('a child of what is no array ends as the whole does', () => {
  const ended = { jobId: 'job' as JobId, kind: 'single', status: 'SUCCEEDED' } as const;
  assert.equal(storedChild(ended, 3), 'SUCCEEDED');
});
