import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DeadlineHeap, type HeapEntry } from './deadline-heap.ts';
import { InvariantViolation } from './errors.ts';

const nothing = () => {};
/** Deep enough for a removal to move an entry into another branch. */
const longLists = { maxLength: 200, size: 'max' } as const;

function drain(heap: DeadlineHeap): readonly HeapEntry[] {
  return heap.takeDue(Number.POSITIVE_INFINITY);
}

describe('DeadlineHeap', () => {
  it('gives entries by deadline, equals in the order of insertion, whatever is removed in between', () => {
    const steps = fc.array(
      fc.record({ deadline: fc.integer({ min: 0, max: 50 }), remove: fc.option(fc.nat()) }),
      longLists,
    );
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new DeadlineHeap();
        const kept: HeapEntry[] = [];
        for (const { deadline, remove } of all) {
          kept.push(heap.push(deadline, nothing));
          if (remove === null) continue;
          const [removed] = kept.splice(remove % kept.length, 1);
          if (removed) heap.remove(removed);
        }
        assert.equal(heap.size, kept.length);
        assert.deepEqual(
          drain(heap),
          kept.sort((a, b) => a.deadline - b.deadline || a.order - b.order),
        );
        assert.equal(heap.size, 0);
      }),
      { numRuns: 500 },
    );
  });

  it('takes what is due and leaves the rest', () => {
    const heap = new DeadlineHeap();
    const entries = [30, 10, 20].map((deadline) => heap.push(deadline, nothing));
    assert.deepEqual(heap.takeDue(20), [entries[1], entries[2]]);
    assert.equal(heap.peek(), entries[0]);
  });

  it('runs a due entry once, and not at all when it was removed after it was taken', () => {
    const heap = new DeadlineHeap();
    const ran: string[] = [];
    const first = heap.push(1, () => ran.push('first'));
    const second = heap.push(2, () => ran.push('second'));
    heap.takeDue(2);
    heap.remove(second);
    for (const entry of [first, second, first]) heap.run(entry);
    assert.deepEqual(ran, ['first']);
  });

  it('does not run an entry that is not due', () => {
    const heap = new DeadlineHeap();
    const entry = heap.push(1, () => assert.fail('it ran'));
    heap.run(entry);
    assert.equal(heap.size, 1);
  });

  it('cleared, holds and runs nothing more, and can be filled again', () => {
    const heap = new DeadlineHeap();
    const due = heap.push(1, () => assert.fail('it ran'));
    const waiting = heap.push(9, nothing);
    heap.takeDue(1);
    heap.clear();
    heap.run(due);
    const fresh = heap.push(5, nothing);
    heap.remove(waiting);
    assert.deepEqual(drain(heap), [fresh]);
  });

  it('takes removing an entry twice for removing it once', () => {
    const heap = new DeadlineHeap();
    const [gone, stays] = [heap.push(1, nothing), heap.push(2, nothing)];
    heap.remove(gone);
    heap.remove(gone);
    assert.deepEqual(drain(heap), [stays]);
  });

  it('refuses a deadline that is not a number, which would disorder it', () => {
    assert.throws(() => new DeadlineHeap().push(Number.NaN, nothing), InvariantViolation);
  });
});
