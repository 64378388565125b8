import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childCode, childCodes, hasRow, isEndedCode, statusOfCode } from './child-states.ts';
import { leafWithoutRow } from './stored-leaf.ts';

const stop = { kind: 'cancel', reason: 'not needed', at: 5 } as const;

test('a child without a row has the status of its code, and one that has a row is not guessed', () => {
  for (const code of childCodes) {
    const array = { state: { status: 'PENDING', stop }, fellAt: 3 } as const;
    if (hasRow(code)) assert.throws(() => leafWithoutRow(code, array), /has a row/);
    else assert.equal(leafWithoutRow(code, array).status, statusOfCode(code));
    if (hasRow(code) || !isEndedCode(code)) continue;
    const leaf = leafWithoutRow(code, array);
    assert.ok('stoppedAt' in leaf && leaf.stoppedAt > 0 && leaf.statusReason !== undefined);
  }
});

test('what fell with a dependency has the time of the fall, what was stopped that of the stop, and its kind', () => {
  const state = { status: 'PENDING', stop } as const;
  const failed = { status: 'FAILED', attempts: [] } as const;
  assert.deepEqual(leafWithoutRow(childCode.fallen, { state, fellAt: 3 }), {
    ...failed,
    statusReason: 'Dependent Job failed',
    stoppedAt: 3,
  });
  const stopped = { ...failed, statusReason: 'not needed', stoppedAt: 5, stop };
  assert.deepEqual(leafWithoutRow(childCode.stopped, { state }), stopped);
});

test('what was rejected when it was submitted has the reason and the time of its array', () => {
  const state = { status: 'FAILED', statusReason: 'too long', stoppedAt: 7, failed: 2 } as const;
  const expected = { status: 'FAILED', attempts: [], statusReason: 'too long', stoppedAt: 7 };
  assert.deepEqual(leafWithoutRow(childCode.stopped, { state }), expected);
});
