import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { StepQueue } from './step-queue.ts';

function open() {
  const errors: unknown[] = [];
  const clock = new ManualClock();
  return { errors, clock, queue: new StepQueue(clock, (error) => errors.push(error)) };
}

/** When all that was added before it is done. */
function done(queue: StepQueue): Promise<void> {
  return new Promise((resolve) => queue.add(async () => resolve()));
}

test('work is done in order, one after the other, and none before the caller is', async () => {
  const { queue } = open();
  const order: string[] = [];
  for (let at = 0; at < 3_000; at += 1) {
    queue.add(async () => {
      order.push(`${at} begins`);
      await undefined;
      order.push(`${at} ends`);
    });
  }
  assert.deepEqual(order, []);
  await done(queue);
  const expected = Array.from({ length: 3_000 }, (_, at) => [`${at} begins`, `${at} ends`]).flat();
  assert.deepEqual(order, expected);
});

test('the event loop goes on after five milliseconds of work, or fifty pieces', async () => {
  const { queue, clock } = open();
  const before = async (count: number, work: () => void) => {
    let turns = 0;
    let counts = true;
    const count_ = () => {
      turns += 1;
      if (counts) setImmediate(count_);
    };
    for (let at = 0; at < count; at += 1) queue.add(async () => work());
    setImmediate(count_);
    await done(queue);
    counts = false;
    return turns;
  };
  const quick = await before(500, () => {});
  assert.ok(quick >= 9 && quick < 20, `${quick} turns`);
  const slow = await before(20, () => clock.advance(5));
  assert.ok(slow >= 19, `${slow} turns`);
});

test('what fails is reported, and the rest is done', async () => {
  const { queue, errors } = open();
  queue.add(() => Promise.reject(new Error('as told')));
  await done(queue);
  assert.equal(errors.length, 1);
});

test('while a long piece of work pauses, others are done', async () => {
  const { queue, clock } = open();
  const order: string[] = [];
  let others = 0;
  queue.add(async () => {
    while (others < 3) {
      clock.advance(5);
      await queue.pause();
    }
    order.push('long');
  });
  for (let at = 0; at < 3; at += 1) {
    queue.add(async () => {
      others += 1;
      order.push('short');
    });
  }
  await done(queue);
  while (order.length < 4) await new Promise(setImmediate);
  assert.deepEqual(order, ['short', 'short', 'short', 'long']);
});

test('work that is aside holds up nobody, however much of it there is', async () => {
  const { queue } = open();
  const answer = Promise.withResolvers<void>();
  const order: string[] = [];
  for (let at = 0; at < 100; at += 1) {
    queue.add(async () => {
      await queue.aside(answer.promise);
      order.push('aside');
    });
  }
  queue.add(async () => void order.push('other'));
  await done(queue);
  assert.deepEqual(order, ['other']);
  answer.resolve();
  while (order.length < 101) await new Promise(setImmediate);
  await done(queue);
});
