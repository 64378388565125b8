import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ContainerDependency } from '../core/job-specification.ts';
import { ContainerOrder } from './container-order.ts';

const on = (container: string, condition: ContainerDependency['condition']): ContainerDependency => ({
  container,
  condition,
});
const one = (name: string, ...dependsOn: ContainerDependency[]) => ({ name, dependsOn, essential: name !== 'a' });

test('what waits for nothing starts at once, and so does what waits for its start only', () => {
  const order = new ContainerOrder([one('c', on('b', 'START')), one('b', on('a', 'START')), one('a')]);
  assert.deepEqual(order.takeReady(), [2, 1, 0]);
  assert.deepEqual([order.isSettled, order.isWhole], [true, true]);
  assert.deepEqual(order.takeReady(), []);
});

test('an end lets those start that wait for it, a success only those that wait for one', () => {
  const order = new ContainerOrder([one('a'), one('b', on('a', 'COMPLETE')), one('c', on('a', 'SUCCESS'))]);
  assert.deepEqual(order.takeReady(), [0]);
  assert.deepEqual(order.takeHopeless(), []);
  order.ended(0, false);
  assert.deepEqual(order.takeReady(), [1]);
  assert.deepEqual(order.takeHopeless(), [{ index: 2, why: 'container a did not exit with 0' }]);
  assert.deepEqual([order.takeHopeless(), order.isSettled, order.isWhole], [[], true, false]);
});

test('who waits for one that never starts never starts either', () => {
  const order = new ContainerOrder([one('a'), one('b', on('a', 'SUCCESS')), one('c', on('b', 'START'))]);
  order.takeReady();
  order.ended(0, false);
  assert.deepEqual(
    order.takeHopeless().map(({ index }) => index),
    [1, 2],
  );
});

test('who waits longer than the startTimeout of the other never starts; who waits for nothing more of it does', () => {
  const order = new ContainerOrder([one('a'), one('b', on('a', 'SUCCESS')), one('c', on('a', 'START'))]);
  assert.deepEqual(order.takeReady(), [0, 2]);
  order.overdue(0);
  assert.deepEqual(order.takeHopeless(), [
    { index: 1, why: 'container a did not exit with 0 within its startTimeout' },
  ]);
  order.ended(0, true);
  assert.deepEqual([order.takeReady(), order.isSettled], [[], true]);
});

test('one that is gone before it starts never starts, nor does who waits for it', () => {
  const order = new ContainerOrder([one('a'), one('b', on('a', 'SUCCESS')), one('c', on('b', 'START'))]);
  order.takeReady();
  order.ended(1, false);
  order.ended(0, true);
  assert.deepEqual(order.takeReady(), []);
  assert.deepEqual(order.takeHopeless(), [{ index: 2, why: 'container b, which it waits for, never starts' }]);
  assert.equal(order.isWhole, false);
});

test('at the end of the task what waits never starts', () => {
  const order = new ContainerOrder([one('a'), one('b', on('a', 'SUCCESS'))]);
  order.takeReady();
  assert.deepEqual(order.takeRest(), [1]);
  order.ended(0, true);
  assert.deepEqual([order.takeReady(), order.takeHopeless()], [[], []]);
});

test('whatever waits for whatever: each starts at most once, never before what it waits for, and in the end none waits', () => {
  const condition = fc.constantFrom('START' as const, 'COMPLETE' as const, 'SUCCESS' as const);
  // Dependencies only on those before: no circle.
  const containers = fc
    .integer({ min: 1, max: 10 })
    .chain((size) =>
      fc.tuple(
        ...Array.from({ length: size }, (_, index) =>
          fc
            .array(fc.tuple(fc.nat({ max: Math.max(0, index - 1) }), condition), { maxLength: index === 0 ? 0 : 3 })
            .map((pairs) => one(`c${index}`, ...pairs.map(([other, how]) => on(`c${other}`, how)))),
        ),
      ),
    );
  fc.assert(
    fc.property(
      containers,
      fc.infiniteStream(fc.nat({ max: 9 })),
      fc.infiniteStream(fc.boolean()),
      (all, picks, outcomes) => {
        const order = new ContainerOrder(all);
        const started = new Set<number>();
        const ended = new Map<number, boolean>();
        const holds = ({ container, condition: how }: ContainerDependency) => {
          const index = Number(container.slice(1));
          if (how === 'START') return started.has(index);
          return how === 'COMPLETE' ? ended.has(index) : ended.get(index) === true;
        };
        for (;;) {
          for (const index of order.takeReady()) {
            assert.ok(!started.has(index));
            started.add(index);
            assert.ok(all[index]?.dependsOn.every(holds));
          }
          for (const { index } of order.takeHopeless()) assert.ok(!started.has(index));
          const running = [...started].filter((index) => !ended.has(index));
          const next = running[(picks.next().value ?? 0) % Math.max(1, running.length)];
          if (next === undefined) break;
          const succeeded = outcomes.next().value ?? true;
          ended.set(next, succeeded);
          order.ended(next, succeeded);
        }
        assert.ok(order.isSettled);
      },
    ),
  );
});
