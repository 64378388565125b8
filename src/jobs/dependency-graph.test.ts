import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { DependencyGraph } from './dependency-graph.ts';
import type { Run } from './runs.ts';

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as JobId;

/** The most entries that a single `Map` held while `work` ran. */
function largestMap(work: () => void): number {
  const { set } = Map.prototype;
  let largest = 0;
  Map.prototype.set = function (key, value) {
    set.call(this, key, value);
    largest = Math.max(largest, this.size);
    return this;
  };
  try {
    work();
  } finally {
    Map.prototype.set = set;
  }
  return largest;
}

test('of 20,000 jobs that each wait for another none costs more than its part: no map holds them all', () => {
  const graph = new DependencyGraph();
  const largest = largestMap(() => {
    for (let at = 0; at < 20_000; at += 1) {
      graph.add(undefined, id(at), undefined, id(at + 1));
      graph.add(undefined, id(at), 3, id(at + 1));
      graph.addPair(undefined, id(at), id(at + 1));
      graph.name(undefined, [id(at)], 1);
    }
  });
  assert.ok(largest < 1_000, `a map of ${largest}`);
  assert.equal(graph.isNamed(id(19_999)), true);
  assert.equal([...graph.awaitedJobs()].length, 60_000);
});

test('who is told while those that are waited for are gone through is met at most once, and the others all', () => {
  const graph = new DependencyGraph();
  for (let at = 0; at < 2_000; at += 1) graph.add(undefined, id(at), undefined, id(9_999));
  const met: JobId[] = [];
  const transaction = { add: () => {}, onRollback: () => {}, onAccepted: () => {}, onCommitted: () => {} };
  for (const [on] of graph.awaitedJobs()) {
    met.push(on);
    // Nearly all of them: the tables become small meanwhile.
    if (met.length % 50 > 0) graph.take(transaction, on);
  }
  assert.equal(new Set(met).size, 2_000);
  assert.equal(met.length, 2_000);
});

/** Runs that rise and do not meet, as children that ended form them. */
const risingRuns: fc.Arbitrary<readonly Run[]> = fc
  .uniqueArray(fc.nat({ max: 60 }), { maxLength: 20 })
  .map((numbers) => numbers.toSorted((a, b) => a - b))
  .map((ends) => ends.flatMap((first, at) => (at % 2 === 0 ? [[first, ends[at + 1] ?? first] as const] : [])));

test('children that are waited for are those within the runs, whatever runs there are', () => {
  fc.assert(
    fc.property(risingRuns, fc.uniqueArray(fc.nat({ max: 62 }), { maxLength: 30 }), (runs, children) => {
      const graph = new DependencyGraph();
      for (const index of children) graph.add(undefined, id(1), index, id(2));
      const within = children.filter((index) => runs.some(([first, last]) => first <= index && index <= last));
      assert.deepEqual(graph.awaitedChildren(id(1), runs).toSorted(), within.toSorted());
    }),
  );
});

test('10,000 children that are waited for are looked up among 5,000 runs, not compared with each', () => {
  const graph = new DependencyGraph();
  for (let index = 0; index < 10_000; index += 1) graph.add(undefined, id(1), index, id(2));
  let looked = 0;
  const runs = Array.from({ length: 5_000 }, (_, at) => [2 * at, 2 * at] as const).map(
    (run) =>
      new Proxy(run, {
        get: (target, property, receiver) => {
          looked += 1;
          return Reflect.get(target, property, receiver);
        },
      }),
  );
  assert.equal(graph.awaitedChildren(id(1), runs).length, 5_000);
  assert.ok(looked < 30 * 10_000, `${looked} looks`);
});
