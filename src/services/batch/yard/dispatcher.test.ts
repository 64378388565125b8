import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { BlockedChange, Plan } from '../../../scheduler/index.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { queueArn } from './resources.fixture.ts';
import { SchedulingTime } from './scheduling-time.ts';
import { Rig } from './yard.fixture.ts';

const nothingToDo: Plan = { decisions: [], instances: [], more: false, blocked: [] };

/** A dispatcher whose scheduler answers one plan after the other, and then that there is nothing to do. */
function planning(...plans: readonly Plan[]) {
  const clock = new ManualClock();
  const asked: EpochMilliseconds[] = [];
  const told: [readonly BlockedChange[], boolean][] = [];
  const plan = (now: EpochMilliseconds) => {
    asked.push(now);
    return plans[asked.length - 1] ?? nothingToDo;
  };
  const options: Partial<DispatcherOptions> = {
    clock,
    time: new SchedulingTime(clock),
    queues: { plan, environment: () => undefined, queue: () => undefined },
    onBlocked: (changes, isWhole) => told.push([changes, isWhole]),
    onError: (error) => assert.fail(String(error)),
  };
  // Of all that a dispatcher is given, one that places nothing uses no more than these.
  const dispatcher = new Dispatcher(options as DispatcherOptions);
  return { clock, dispatcher, asked, told };
}

test('a plan that says when to wake is followed by another one then, though nothing happened', async () => {
  const start = new ManualClock().now();
  const { clock, dispatcher, asked } = planning({ ...nothingToDo, wakeAt: start + 5_000 });
  dispatcher.resume();
  await nextTurn();
  clock.advance(4_999);
  await nextTurn();
  assert.deepEqual(asked, [start]);
  clock.advance(1);
  await nextTurn();
  assert.deepEqual(asked, [start, start + 5_000]);
  assert.equal(clock.pending, 0);
});

test('a plan that comes earlier says anew when to wake', async () => {
  const start = new ManualClock().now();
  const wakeAt = start + 5_000;
  const { clock, dispatcher, asked } = planning({ ...nothingToDo, wakeAt }, { ...nothingToDo, wakeAt: start + 7_000 });
  dispatcher.resume();
  await nextTurn();
  clock.advance(1_000);
  dispatcher.poke();
  await nextTurn();
  clock.advance(5_999);
  await nextTurn();
  assert.deepEqual(asked, [start, start + 1_000]);
  clock.advance(1);
  await nextTurn();
  assert.deepEqual(asked, [start, start + 1_000, start + 7_000]);
});

test('a dispatcher that is paused does not wake', async () => {
  const { clock, dispatcher, asked } = planning({ ...nothingToDo, wakeAt: new ManualClock().now() + 5_000 });
  dispatcher.resume();
  await nextTurn();
  dispatcher.pause();
  assert.equal(clock.pending, 0);
  clock.advance(5_000);
  await nextTurn();
  assert.equal(asked.length, 1);
});

test('the time that the scheduler is told goes on while the wall clock goes back', async () => {
  const { clock, dispatcher, asked } = planning();
  const start = clock.now();
  dispatcher.resume();
  await nextTurn();
  clock.advance(1_000);
  clock.jumpWall(-60_000);
  dispatcher.poke();
  await nextTurn();
  assert.deepEqual(asked, [start, start + 1_000]);
});

test('what a plan finds blocked is handed on, and whether it came to all queues', async () => {
  const change = { kind: 'unblocked', queueArn, jobId: 'job' as JobId } as const;
  const { dispatcher, told } = planning({ ...nothingToDo, blocked: [change], more: true });
  dispatcher.resume();
  await nextTurn();
  await nextTurn();
  assert.deepEqual(told, [
    [[change], false],
    [[], true],
  ]);
});

test('explain says since when the head of a queue is blocked, until it is not', async () => {
  const rig = await Rig.open({ host: { vcpus: 1 } });
  const [running, head, behind] = [rig.submit({ behaviour: { runFor: 90_000 } }), rig.submit(), rig.submit()];
  await rig.settle();
  const since = new Date(rig.clock.now()).toISOString();
  await rig.pass(30_000);
  assert.deepEqual(rig.yard.explain(head)?.notes, [`blocked at the head of its queue since ${since}`]);
  assert.deepEqual([rig.yard.explain(running)?.engineNotes.length, rig.yard.explain(behind)?.notes], [1, []]);
  await rig.pass(60_000);
  await rig.pass(0);
  await rig.pass(0);
  assert.equal(await rig.status(head), 'SUCCEEDED');
  await rig.check();
});

test('jobs for which a place is decided are told of until they are placed, a child as its array', async () => {
  const clock = new ManualClock();
  const fetched = Promise.withResolvers<void>();
  const place = { kind: 'place', computeEnvironmentArn: 'ce', pool: 'host', instance: 'i-1' };
  const decisions = ['single', 'array:3'].map((jobId) => ({ ...place, jobId }));
  const plans = [{ ...nothingToDo, decisions }];
  let carriedOut = 0;
  const options = {
    clock,
    time: new SchedulingTime(clock),
    queues: { plan: () => plans.pop() ?? nothingToDo },
    jobs: { get: (jobId: JobId) => ({ jobId }), decided() {} },
    specifications: { peek() {}, fetch: () => fetched.promise },
    ledger: {
      transact() {
        carriedOut += 1;
      },
    },
    onBlocked() {},
    onError: (error: unknown) => assert.fail(String(error)),
  };
  const dispatcher = new Dispatcher(options as unknown as DispatcherOptions);
  dispatcher.resume();
  await nextTurn();
  assert.deepEqual([carriedOut, ...dispatcher.decided()], [0, 'single', 'array']);
  fetched.resolve();
  await nextTurn();
  assert.deepEqual([carriedOut, ...dispatcher.decided()], [1]);
});
