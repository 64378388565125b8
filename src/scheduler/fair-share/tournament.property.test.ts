import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Entrant, isBefore, Tournament } from './tournament.ts';

/** Numbers close together, equal ones, ones that differ in the last bits, and ones of unlike sizes. */
const number = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((count) => 1 + count * Number.EPSILON),
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 2_000_000 }).map((count) => count / 1000),
);
/** A line by what it comes to when it is drawn: those of shares lie close together then. */
const drawn = fc.record({ value: number, slope: number });
/** x grows by a rounding or by much. */
const growth = fc.constantFrom(1, 1 + Number.EPSILON, 1 + 1e-9, 1.01, 1.1, 3);

type Step =
  | {
      readonly kind: 'add' | 'change';
      readonly at: number;
      readonly drawn: { readonly value: number; readonly slope: number };
    }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'ask'; readonly growth: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('add', 'change'), at: fc.nat(), drawn }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), at: fc.nat() }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('ask'), growth }) },
);

const history = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });

function first(players: readonly Entrant[], x: number): Entrant | undefined {
  return players.reduce<Entrant | undefined>(
    (best, player) => (best && isBefore(best, player, x) ? best : player),
    undefined,
  );
}

function lineOf({ value, slope }: { readonly value: number; readonly slope: number }, x: number): Entrant['line'] {
  return { constant: value - slope * x, slope };
}

/** Plays the steps; answers how often another than before was first though only x had grown. */
function play(steps: readonly Step[]): number {
  const tournament = new Tournament<Entrant>();
  const players: Entrant[] = [];
  let [x, tie, turns] = [1, 0, 0];
  let before: Entrant | undefined;
  for (const one of steps) {
    if (one.kind !== 'ask') before = undefined;
    const index = one.kind === 'ask' ? 0 : one.at % Math.max(1, players.length);
    const player = players[index];
    if (one.kind === 'add') {
      tie += 1;
      const added = { line: lineOf(one.drawn, x), tie: (tie * 7919) % 1009 };
      players.push(added);
      tournament.add(added);
    } else if (one.kind === 'change' && player) {
      player.line = lineOf(one.drawn, x);
      tournament.changed(player);
    } else if (one.kind === 'remove' && player) {
      players.splice(index, 1);
      tournament.remove(player);
    } else if (one.kind === 'ask') {
      x *= one.growth;
      const expected = first(players, x);
      assert.equal(tournament.winner(x), expected, `at x ${x} of ${JSON.stringify(players)}`);
      if (before && before !== expected) turns += 1;
      before = expected;
    }
    assert.equal(tournament.size, players.length);
  }
  return turns;
}

describe('the tournament of shares', () => {
  test('its winner is the first of a sort, bit for bit, at each x', () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps);
      }),
      { numRuns: 2_000 },
    );
  });

  test('such histories have winners that time alone makes', () => {
    const histories = fc.sample(history, { numRuns: 500, seed: 7 });
    const turns = histories.reduce((sum, steps) => sum + play(steps), 0);
    assert.ok(turns > 300, `${turns}`);
  });

  test('lines that are alike in both numbers are asked for once', () => {
    const tournament = new Tournament<Entrant>();
    const asked = { count: 0 };
    for (let tie = 1000; tie > 0; tie -= 1) tournament.add(counted({ line: { constant: 1, slope: 1 }, tie }, asked));
    assert.equal(tournament.winner(1)?.tie, 1);
    asked.count = 0;
    for (let x = 1; x < 1e6; x *= 1.01) assert.equal(tournament.winner(x)?.tie, 1);
    assert.ok(asked.count < 10_000, `${asked.count} looks at a line`);
  });

  test('who does not take part can neither change nor leave', () => {
    const tournament = new Tournament<Entrant>();
    const stranger = { line: { constant: 0, slope: 0 }, tie: 0 };
    assert.throws(() => tournament.remove(stranger), RangeError);
    assert.throws(() => tournament.changed(stranger), RangeError);
    assert.equal(tournament.winner(1), undefined);
  });
});

/** An entrant whose line counts how often it is looked at. */
function counted({ line, tie }: Entrant, asked: { count: number }): Entrant {
  return {
    get line() {
      asked.count += 1;
      return line;
    },
    tie,
  };
}
