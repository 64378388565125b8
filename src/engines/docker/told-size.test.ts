import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ManualClock } from '../../core/clock.ts';
import type { TerminalSize } from '../entered-command.ts';
import { dockerLimits } from './docker-limits.ts';
import { ToldSize } from './told-size.ts';

type Answer = 'known' | 'perhaps' | 'refused';

/** A terminal whose sizes are answered to one by one. */
function terminal() {
  const clock = new ManualClock();
  const told: number[] = [];
  const asked: ((answer: Answer) => void)[] = [];
  const size = new ToldSize(({ rows }) => {
    assert.equal(asked.length, 0, 'two calls at a time');
    told.push(rows);
    return new Promise((resolve) => asked.push(resolve));
  }, clock);
  const answer = async (words: Answer) => {
    asked.shift()?.(words);
    await nextTurn();
  };
  return { clock, told, size, answer, waits: () => asked.length > 0 };
}

const rows = (count: number): TerminalSize => ({ rows: count, columns: 80 });

test('a size that is known is told once', async () => {
  const { clock, told, size, answer } = terminal();
  size.want(rows(1));
  await answer('known');
  assert.deepEqual([told, clock.pending], [[1], 0]);
});

test('of sizes that come while one is told the last is told, at once', async () => {
  const { told, size, answer } = terminal();
  size.want(rows(1));
  size.want(rows(2));
  size.want(rows(3));
  await answer('refused');
  await answer('known');
  assert.deepEqual(told, [1, 3]);
});

for (const words of ['refused', 'perhaps'] as const)
  test(`a size that is ${words === 'refused' ? words : `${words} there`} is told again until the command ends, ever more seldom`, async () => {
    const { clock, told, size, answer } = terminal();
    size.want(rows(1));
    await answer(words);
    let wait: number = dockerLimits.firstResizeMs;
    for (let times = 2; times < 20; times += 1) {
      clock.advance(wait - 1);
      assert.equal(told.length, times - 1);
      clock.advance(1);
      assert.equal(told.length, times);
      await answer(words);
      wait = Math.min(2 * wait, dockerLimits.lastResizeMs);
    }
    size.end();
    assert.equal(clock.pending, 0);
  });

test('nothing is told once the command has ended, be it in the midst of a call', async () => {
  const { clock, told, size, answer } = terminal();
  size.want(rows(1));
  size.end();
  await answer('refused');
  size.want(rows(2));
  clock.advance(dockerLimits.lastResizeMs);
  assert.deepEqual([told, clock.pending], [[1], 0]);
});

test('whatever comes in whatever order, the last size is the last that is told, and is told until it is known', async () => {
  const step = fc.oneof(
    fc.nat({ max: 99 }).map((count) => ({ want: count })),
    fc.constantFrom<Answer>('known', 'perhaps', 'refused').map((answer) => ({ answer })),
    fc.nat({ max: 20_000 }).map((pass) => ({ pass })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step), async (steps) => {
      const { clock, told, size, answer, waits } = terminal();
      const last = steps.flatMap((each) => ('want' in each ? each.want : [])).at(-1);
      for (const each of steps) {
        if ('want' in each) size.want(rows(each.want));
        else if ('answer' in each) await answer(each.answer);
        else clock.advance(each.pass);
      }
      while (waits()) await answer('known');
      clock.advance(dockerLimits.lastResizeMs);
      while (waits()) await answer('known');
      assert.deepEqual([told.at(-1), clock.pending], [last, 0]);
    }),
  );
});
