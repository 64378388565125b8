import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { ImageWork } from './image-work.ts';

/** Work that a test ends, and how often it was begun. */
function world() {
  const clock = new ManualClock(0);
  const works = new ImageWork<string, number>(clock);
  const begun: ((result: string) => void)[] = [];
  const ask = () =>
    works.ask('name', (onProgress) => {
      onProgress(begun.length);
      return new Promise<string>((resolve) => begun.push(resolve));
    });
  return { clock, begun, ask };
}

test('who asks again within a minute of the end is told it once; the next one begins anew', async () => {
  const { clock, begun, ask } = world();
  const first = ask();
  clock.advance(1_000);
  assert.deepEqual(await first, { kind: 'under-way', progress: 0 });
  begun[0]?.('done');
  assert.deepEqual(await ask(), { kind: 'done', result: 'done' });
  void ask();
  assert.equal(begun.length, 2);
});

test('what nobody has asked for within a minute of its end is forgotten: later it is old', async () => {
  const { clock, begun, ask } = world();
  const first = ask();
  clock.advance(1_000);
  await first;
  begun[0]?.('old');
  await nextTurn();
  clock.advance(60_000);
  const again = ask();
  assert.equal(begun.length, 2);
  begun[1]?.('new');
  assert.deepEqual(await again, { kind: 'done', result: 'new' });
});
