import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from './clock.ts';
import { Sweep } from './sweep.ts';

test('a sweep that is begun again while a slice is under way waits for that slice', async () => {
  const clock = new ManualClock(0);
  const ends: (() => void)[] = [];
  let [underWay, most, looked] = [0, 0, 0];
  const sweep = new Sweep({
    clock,
    interval: 1_000,
    deleteSlice: async () => {
      looked += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
      return 0;
    },
    onError: (error) => assert.fail(String(error)),
  });
  sweep.start();
  clock.advance(0);
  await nextTurn();
  sweep.start();
  clock.advance(0);
  await nextTurn();
  assert.deepEqual([looked, most], [1, 1]);
  ends.pop()?.();
  await nextTurn();
  assert.deepEqual([looked, most], [2, 1]);
  sweep.stop();
  ends.pop()?.();
  await sweep.idle();
  clock.advance(10_000);
  await nextTurn();
  assert.equal(looked, 2);
});
