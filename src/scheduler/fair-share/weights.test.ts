import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetOf, isWithinBudget } from './reservation.ts';
import { effectiveWeight, Weights } from './weights.ts';

describe('weights of share identifiers (spec 04 §10)', () => {
  const weights = new Weights([
    { shareIdentifier: 'UserA*', weightFactor: 1 },
    { shareIdentifier: 'UserB', weightFactor: 0.5 },
  ]);

  test('those of one beginning weigh the more the more of them are active', () => {
    const entry = weights.entryOf('UserA1');
    assert.deepEqual(entry, { weightFactor: 1, prefix: 'UserA' });
    assert.deepEqual(
      [0, 1, 2, 5].map((active) => effectiveWeight(entry, active)),
      [1, 1, 2, 5],
    );
  });

  test('an identifier that is named weighs what is said of it, and one that is not weighs 1', () => {
    assert.equal(effectiveWeight(weights.entryOf('UserB'), 7), 0.5);
    assert.equal(effectiveWeight(weights.entryOf('UserB2'), 7), 1);
  });

  test('a beginning may be the whole identifier, or nothing', () => {
    assert.equal(weights.entryOf('UserA').prefix, 'UserA');
    assert.equal(new Weights([{ shareIdentifier: '*', weightFactor: 3 }]).entryOf('any').weightFactor, 3);
  });
});

describe('the reservation of a queue (spec 04 §10.2)', () => {
  test('half, for one, two, three active shares', () => {
    assert.deepEqual(
      [1, 2, 3].map((active) => budgetOf(100_000, 50, active)),
      [50_000, 75_000, 87_500],
    );
    assert.equal(budgetOf(100_000, 0, 1), 100_000);
  });

  test('one job of a queue that holds nothing is always within it', () => {
    const budget = budgetOf(16_000, 99, 1);
    assert.equal(isWithinBudget(0, 4000, budget), true);
    assert.equal(isWithinBudget(1000, 1000, budget), false);
    assert.equal(isWithinBudget(50_000, 25_000, 75_000), true);
    assert.equal(isWithinBudget(50_000, 25_001, 75_000), false);
  });
});
