import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lanes } from './lanes.ts';

test('Within a lane the first comes first; lanes take turns by the time they have had', () => {
  const lanes = new Lanes<string>();
  for (const job of ['a1', 'a2', 'a3']) lanes.add('a', job);
  lanes.add('b', 'b1');
  const order: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const job = lanes.take(2, 2);
    order.push(job);
    lanes.done(job?.charAt(0) ?? '', 100);
  }
  assert.deepEqual(order, ['a1', 'b1', 'a2', 'a3']);
  assert.equal(lanes.take(2, 2), undefined);
});

test('Slow lanes together leave one thread free, which a quick one gets at once', () => {
  const lanes = new Lanes<string>();
  for (const key of ['slow', 'slower']) {
    lanes.add(key, 'first');
    assert.equal(lanes.take(2, 2), 'first');
    lanes.done(key, 5_000);
    for (let more = 0; more < 3; more += 1) lanes.add(key, key);
  }
  assert.ok(lanes.take(2, 2));
  assert.equal(lanes.take(1, 2), undefined, 'the last thread is not for them');
  lanes.add('quick', 'quick');
  assert.equal(lanes.take(1, 2), 'quick');
});

test('A single thread serves slow lanes too', () => {
  const lanes = new Lanes<string>();
  lanes.add('slow', 'first');
  lanes.take(1, 1);
  lanes.done('slow', 5_000);
  lanes.add('slow', 'second');
  assert.equal(lanes.take(1, 1), 'second');
});

test('A lane that comes back has no claim on the time in which it wanted nothing', () => {
  const lanes = new Lanes<string>();
  for (let turn = 0; turn < 10; turn += 1) {
    lanes.add('busy', 'busy');
    lanes.take(1, 1);
    lanes.done('busy', 100);
  }
  for (let turn = 0; turn < 5; turn += 1) lanes.add('late', 'late');
  lanes.add('busy', 'busy');
  const order = Array.from({ length: 6 }, () => {
    const job = lanes.take(1, 1) ?? '';
    lanes.done(job, 100);
    return job;
  });
  assert.ok(order.indexOf('busy') <= 2, order.join());
});

test('Whatever lanes ask, a greedy one never has more than its part while others wait, and all jobs are done', () => {
  const asked = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), took: fc.integer({ min: 1, max: 150 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(asked, (jobs) => {
      const lanes = new Lanes<(typeof jobs)[number]>();
      for (const job of jobs) lanes.add(job.lane, job);
      const had = new Map<string, number>();
      for (let done = 0; done < jobs.length; done += 1) {
        const job = lanes.take(1, 1);
        assert.ok(job);
        for (const other of ['a', 'b', 'c']) {
          if (lanes.waiting(other) === 0) continue;
          // Nobody is ahead of one that waits by more than one job.
          assert.ok((had.get(job.lane) ?? 0) - (had.get(other) ?? 0) <= 0 || other === job.lane);
        }
        had.set(job.lane, (had.get(job.lane) ?? 0) + job.took);
        lanes.done(job.lane, job.took);
      }
      assert.equal(lanes.isEmpty, true);
    }),
    { seed: 7 },
  );
});
