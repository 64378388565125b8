import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { type Sequenced, WaitingList } from './waiting-list.ts';

function sequenced(sequence: number): Sequenced {
  return { sequence, jobId: `job-${sequence}` as JobId };
}

/** Enough for several chunks, entered at the tail, at the head and in the middle. */
const sequences = fc.uniqueArray(fc.integer({ min: -3000, max: 3000 }), { minLength: 0, maxLength: 4000, size: 'max' });

describe('WaitingList', () => {
  it('keeps jobs in order however they come and go', () => {
    fc.assert(
      fc.property(sequences, fc.infiniteStream(fc.boolean()), (all, removals) => {
        const list = new WaitingList<Sequenced>();
        const jobs = all.map(sequenced);
        for (const job of jobs) list.add(job);
        const left = jobs.filter((job) => {
          const goes = removals.next().value === true;
          if (goes) assert.equal(list.remove(job), true);
          return !goes;
        });
        const ordered = left.sort((a, b) => a.sequence - b.sequence);
        assert.deepEqual(list.take(Number.POSITIVE_INFINITY), ordered);
        assert.equal(list.size, ordered.length);
        assert.equal(list.first(), ordered[0]);
        for (const [index, job] of ordered.entries()) assert.equal(list.positionOf(job), index + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('takes only as many as asked', () => {
    const list = new WaitingList<Sequenced>();
    for (let sequence = 0; sequence < 5000; sequence += 1) list.add(sequenced(sequence));
    assert.deepEqual(
      list.take(3).map((job) => job.sequence),
      [0, 1, 2],
    );
    assert.equal(list.take(3000).length, 3000);
    assert.deepEqual(list.take(0), []);
  });

  it('answers false for a job that is not in it', () => {
    const list = new WaitingList<Sequenced>();
    assert.equal(list.remove(sequenced(1)), false);
    list.add(sequenced(1));
    assert.equal(list.remove(sequenced(1)), false, 'another object with the same place');
    assert.equal(list.remove(sequenced(2)), false);
    assert.equal(list.size, 1);
  });
});
