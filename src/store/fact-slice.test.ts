import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutSlice } from './fact-slice.ts';
import { FactTail } from './fact-tail.ts';
import type { FactCursor, LoggedFact, Runs } from './facts.ts';
import { jobFact } from './suite/samples.ts';

/** Facts whose sequences have gaps, some about runs of children. */
const log = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      runs: fc.option(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 30 })), { minLength: 1 }),
      ),
    }),
    { maxLength: 12 },
  )
  .map((facts) => {
    let sequence = 0;
    return facts.map(({ gap, runs }): LoggedFact => {
      sequence += gap;
      return { sequence, fact: jobFact(sequence, runs ? { runs: runsOf(runs) } : {}) };
    });
  });

function runsOf(shapes: readonly (readonly [gap: number, length: number])[]): Runs {
  let next = 0;
  return shapes.map(([gap, length]) => {
    const first = next + gap;
    next = first + length + 1;
    return [first, first + length];
  });
}

/** Everything that a consumer is to hear: each fact, or each of its children, by name. */
function expanded(facts: readonly LoggedFact[]): string[] {
  return facts.flatMap(({ sequence, fact }) => names(sequence, fact.kind === 'job' ? fact.runs : undefined));
}

function names(sequence: number, runs: Runs | undefined): string[] {
  if (!runs) return [`${sequence}`];
  return runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => `${sequence}:${first + at}`),
  );
}

test('slices of any size bring every fact and every child once and in order, whatever sequences are missing', () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 50 }), (facts, limit) => {
      const heard: string[] = [];
      let cursor: FactCursor = { sequence: 0 };
      for (;;) {
        const slice = cutSlice(facts, cursor, limit);
        if (!slice) break;
        const found = slice.facts.flatMap(({ sequence, children }) => names(sequence, children?.runs));
        assert.ok(found.length > 0 && found.length <= limit, `${found.length} of at most ${limit}`);
        for (const { children } of slice.facts) {
          if (children) assert.equal(names(0, children.runs).length, children.count);
        }
        heard.push(...found);
        cursor = slice.cursor;
      }
      assert.deepEqual(heard, expanded(facts));
    }),
  );
});

test('the tail answers what a cursor has not heard, or says that the store must be asked', () => {
  const tail = new FactTail(10);
  for (const sequence of [11, 12, 15, 16]) tail.push({ sequence, fact: jobFact(sequence) });
  const after = (cursor: FactCursor, limit = 100) => tail.after(cursor, limit)?.map(({ sequence }) => sequence);
  assert.deepEqual(after({ sequence: 10 }), [11, 12, 15, 16]);
  assert.deepEqual(after({ sequence: 12 }), [15, 16]);
  assert.deepEqual(after({ sequence: 13 }), [15, 16]);
  assert.deepEqual(after({ sequence: 12, part: 3 }), [12, 15, 16]);
  assert.deepEqual(after({ sequence: 12 }, 1), [15]);
  assert.deepEqual(after({ sequence: 16 }), []);
  assert.equal(after({ sequence: 9 }), undefined);
  assert.equal(after({ sequence: 10, part: 3 }), undefined);
});

test('the tail forgets the oldest facts, and sends those who need them to the store', () => {
  const tail = new FactTail(0);
  for (let sequence = 1; sequence <= 5_001; sequence += 1) tail.push({ sequence, fact: jobFact(sequence) });
  assert.equal(tail.after({ sequence: 2_499 }, 1), undefined);
  assert.equal(tail.after({ sequence: 2_500 }, 1)?.[0]?.sequence, 2_501);
});

test('what everybody has heard the tail forgets, and no more', () => {
  const tail = new FactTail(10);
  for (const sequence of [11, 12, 15, 16]) tail.push({ sequence, fact: jobFact(sequence) });
  const after = (cursor: FactCursor) => tail.after(cursor, 100)?.map(({ sequence }) => sequence);
  tail.forget(9);
  assert.deepEqual(after({ sequence: 10 }), [11, 12, 15, 16]);
  tail.forget(13);
  assert.equal(after({ sequence: 11 }), undefined);
  assert.deepEqual(after({ sequence: 12 }), [15, 16]);
  assert.deepEqual(after({ sequence: 15, part: 2 }), [15, 16]);
  tail.forget(16);
  assert.deepEqual(after({ sequence: 16 }), []);
  assert.equal(after({ sequence: 15 }), undefined);
  tail.push({ sequence: 20, fact: jobFact(20) });
  assert.deepEqual(after({ sequence: 16 }), [20]);
});
