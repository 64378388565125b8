import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnUnits } from './turn-units.ts';

test('a turn is over with the piece that reaches its limit, and the next begins with nothing', () => {
  const turn = new TurnUnits(10);
  assert.deepEqual(
    [4, 5, 1, 9, 0.5, 0.5, 100, 9].map((units) => turn.spend(units)),
    [false, false, true, false, false, true, true, false],
  );
});
