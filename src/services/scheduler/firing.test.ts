import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from '../../core/errors.ts';
import { role, SchedulerBench, scope } from './scheduler.fixture.ts';

const queue = `arn:aws:sqs:${scope.region}:${scope.account}:q`;
const minute = 60_000;

function schedule(ScheduleExpression: string, target: object = {}, more: object = {}) {
  const Target = { Arn: queue, RoleArn: role, Input: '<aws.scheduler.scheduled-time>', ...target };
  return { Name: 's', ScheduleExpression, Target, FlexibleTimeWindow: { Mode: 'OFF' }, ...more };
}

const slotsOf = (bench: SchedulerBench) => bench.calls.map(({ input }) => Date.parse(String(input.MessageBody)));

test('in a flexible window a slot fires at a moment that is drawn once, whatever crashes there are', async () => {
  const bench = await SchedulerBench.open();
  const slot = Math.ceil(bench.clock.now() / minute) * minute + minute;
  const at = `at(${new Date(slot).toISOString().slice(0, 19)})`;
  const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 };
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const Name of names) await bench.call('CreateSchedule', schedule(at, {}, { Name, FlexibleTimeWindow }));
  await bench.advance(slot - bench.clock.now() - 1);
  assert.equal(bench.calls.length, 0);
  for (let minutes = 0; minutes < 61; minutes += 1) {
    await bench.restart();
    await bench.advance(minute);
  }
  assert.deepEqual(
    slotsOf(bench),
    names.map(() => slot),
  );
  const moments = bench.calls.map(({ context }) => context.now);
  for (const moment of moments) assert.ok(moment >= slot && moment <= slot + 61 * minute);
  // Eight draws of sixty minutes are not all in the same one.
  assert.ok(new Set(moments).size > 1);
});

test('what fails is tried again as the retry policy says, and no oftener', async () => {
  const bench = await SchedulerBench.open();
  bench.answer = ({ operation, input }) => {
    const isDeadLetter = operation === 'SendMessage' && 'MessageAttributes' in input;
    return isDeadLetter ? {} : new ServiceError('InternalError', 'not now', { status: 500 });
  };
  const target = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: `${queue}-dead` } };
  await bench.call('CreateSchedule', schedule('rate(1 day)', { Input: '<aws.scheduler.attempt-number>', ...target }));
  for (let seconds = 0; seconds < 30; seconds += 1) await bench.advance(1000);
  const tries = bench.calls.filter(({ input }) => !('MessageAttributes' in input));
  assert.deepEqual(
    tries.map(({ input }) => input.MessageBody),
    ['1', '2', '3'],
  );
  // One idempotency key for all of them.
  assert.equal(new Set(tries.map(({ context }) => context.idempotencyKey)).size, 1);
  const [dead, ...more] = bench.calls.filter(({ input }) => 'MessageAttributes' in input);
  const attributes = dead?.input.MessageAttributes as Record<string, { StringValue: string }>;
  assert.deepEqual(more, []);
  assert.equal(attributes.EXHAUSTED_RETRY_CONDITION?.StringValue, 'MaximumRetryAttempts');
  assert.equal(attributes.RETRY_ATTEMPTS?.StringValue, '2');
});

const steps = fc.oneof(
  fc.record({ kind: fc.constant('passes' as const), by: fc.integer({ min: 1000, max: 5 * minute }) }),
  fc.record({ kind: fc.constant('jumps' as const), by: fc.integer({ min: -2 * 60 * minute, max: 60 * minute }) }),
  fc.constant({ kind: 'crash' as const, by: 0 }),
);

test('no slot is fired twice, or before its time, whatever the clock does; and none is the last', async () => {
  const property = fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 8 }), async (all) => {
    const bench = await SchedulerBench.open();
    await bench.call('CreateSchedule', schedule('rate(1 minute)'));
    await bench.settle();
    for (const { kind, by } of all) {
      if (kind === 'passes') await bench.advance(by);
      else if (kind === 'jumps') bench.clock.jumpWall(by);
      else await bench.restart();
      await bench.settle();
    }
    const slots = slotsOf(bench);
    assert.deepEqual(
      slots,
      [...new Set(slots)].sort((one, other) => one - other),
    );
    for (const { input, context } of bench.calls) assert.ok(Date.parse(String(input.MessageBody)) <= context.now);
    // It was set back by no more than two hours at each step.
    await bench.advance((all.length + 1) * 2 * 60 * minute);
    assert.ok(bench.calls.length > slots.length);
  });
  await fc.assert(property, { numRuns: 20 });
});

/** Eleven minutes pass without a server; how many minutes after the first slot those lie that are fired then. */
async function firedAfter(missed: 'latest' | 'all' | 'none', target: object = {}): Promise<readonly number[]> {
  const bench = await SchedulerBench.open();
  bench.missed = missed;
  await bench.call('CreateSchedule', schedule('rate(3 minutes)', target));
  await bench.settle();
  const [first = 0] = slotsOf(bench);
  bench.due.pause();
  bench.clock.advance(11 * minute);
  await bench.restart();
  for (let turns = 0; turns < 10; turns += 1) await bench.settle();
  return slotsOf(bench)
    .slice(1)
    .map((slot) => (slot - first) / minute);
}

test('of missed slots those are fired that the option says, and that are no older than the target takes', async () => {
  assert.deepEqual(await firedAfter('latest'), [9]);
  assert.deepEqual(await firedAfter('none'), []);
  assert.deepEqual(await firedAfter('all'), [3, 6, 9]);
  const young = { RetryPolicy: { MaximumEventAgeInSeconds: 360 } };
  assert.deepEqual(await firedAfter('all', young), [6, 9]);
  assert.deepEqual(await firedAfter('latest', { RetryPolicy: { MaximumEventAgeInSeconds: 60 } }), []);
});

test('what fires once and was missed is fired, however late', async () => {
  const bench = await SchedulerBench.open();
  bench.missed = 'none';
  const slot = Math.ceil(bench.clock.now() / minute) * minute + minute;
  await bench.call('CreateSchedule', schedule(`at(${new Date(slot).toISOString().slice(0, 19)})`));
  bench.due.pause();
  bench.clock.advance(3 * 86_400_000);
  await bench.restart();
  assert.deepEqual(slotsOf(bench), [slot]);
});
