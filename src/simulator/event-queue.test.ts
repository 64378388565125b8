import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventQueue, type QueuedEvent } from './event-queue.ts';

test('events come by time, and at one time as they were asked for; what is cancelled never comes', () => {
  const act = fc.record({ at: fc.nat(20), cancel: fc.nat(3), take: fc.nat(4) });
  const property = fc.property(fc.array(act, { maxLength: 3_000, size: 'max' }), (acts) => {
    const queue = new EventQueue();
    let expected: { at: number; sequence: number }[] = [];
    const events: QueuedEvent[] = [];
    const came: number[] = [];
    for (const [sequence, { at, cancel, take }] of acts.entries()) {
      events.push(queue.push(at, () => came.push(sequence)));
      expected.push({ at, sequence });
      const gone = cancel > 0 ? events[(sequence * 7) % events.length] : undefined;
      if (gone) queue.cancel(gone);
      expected = expected.filter((one) => events[one.sequence] !== gone);
      expected.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
      assert.equal(queue.size, expected.length);
      if (take > 0) continue;
      assert.equal(queue.nextAt, expected[0]?.at);
      queue.take(Number.POSITIVE_INFINITY)?.();
      assert.equal(came.at(-1), expected.shift()?.sequence ?? came.at(-1));
    }
    came.length = 0;
    for (let next = queue.take(20); next; next = queue.take(20)) next();
    assert.deepEqual(
      came,
      expected.map(({ sequence }) => sequence),
    );
  });
  fc.assert(property, { numRuns: 30 });
});

test('nothing is taken before its time', () => {
  const queue = new EventQueue();
  queue.push(5, () => {});
  assert.equal(queue.take(4), undefined);
  assert.ok(queue.take(5));
  assert.equal(queue.nextAt, undefined);
});

test('a million cancelled timeouts leave no more behind than there is to happen', () => {
  const queue = new EventQueue();
  queue.push(1, () => {});
  for (let count = 0; count < 1_000_000; count += 1) queue.cancel(queue.push(1_000_000, () => {}));
  assert.equal(queue.size, 1);
  assert.ok(queue.held <= 2_002, `${queue.held} are held`);
});
