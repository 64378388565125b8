import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StopOutcome } from './stop-running.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: Number.POSITIVE_INFINITY };

/** Two jobs that run, and one that waits. */
async function runningRig(): Promise<Rig> {
  const rig = await Rig.open({ host: { vcpus: 2 } });
  for (let index = 0; index < 3; index += 1) rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  assert.equal(rig.yard.runningCount, 2);
  return rig;
}

/** What a stop answers within so much time; undefined: nothing yet. */
async function stopWithin(rig: Rig, milliseconds: number): Promise<StopOutcome | undefined> {
  let outcome: StopOutcome | undefined;
  void rig.yard.stopRunning('the server stops').then((answer) => {
    outcome = answer;
  });
  for (let passed = 0; passed <= milliseconds && outcome === undefined; passed += 250) await rig.pass(250);
  return outcome;
}

async function livingTasks(rig: Rig): Promise<number> {
  const ended = new Set<string>();
  const whole = new AbortController();
  for await (const event of rig.world.events.stream(whole.signal)) {
    if (event.kind === 'ended') ended.add(event.taskId);
    if (ended.size === rig.world.starts.length) break;
  }
  return rig.world.starts.length - ended.size;
}

test('a stop with its jobs ends them, with that on record', async () => {
  const rig = await runningRig();
  assert.deepEqual(await stopWithin(rig, 60_000), { left: 0 });
  assert.equal(rig.yard.runningCount, 0);
  assert.equal(rig.world.starts.length, 2);
});

test('while the disk is full tasks are stopped all the same, and words say that it is not on record', async () => {
  const rig = await runningRig();
  rig.refuseChanges();
  const problem = '2 tasks ended and that is not on record (the disk is full): the next server hears of it';
  assert.deepEqual(await stopWithin(rig, 60_000), { left: 0, problem });
  assert.equal(await livingTasks(rig), 0);
});

test('a memory that is rebuilt meanwhile is waited for, and starts nothing when it is whole', async () => {
  const rig = await runningRig();
  rig.rebuild();
  assert.deepEqual(await stopWithin(rig, 60_000), { left: 0 });
  await rig.pass(10_000);
  assert.deepEqual([rig.yard.runningCount, rig.world.starts.length, rig.rebuilds], [0, 2, 1]);
});

test('a change that is refused after the stop was told ends in words too', async () => {
  const rig = await runningRig();
  rig.hanging.add('stop');
  let outcome: StopOutcome | undefined;
  void rig.yard.stopRunning('the server stops').then((answer) => {
    outcome = answer;
  });
  await rig.pass(250);
  rig.refuseChanges();
  rig.hanging.clear();
  for (let look = 0; look < 400 && outcome === undefined; look += 1) await rig.pass(250);
  assert.match(outcome?.problem ?? '', /^2 tasks ended and that is not on record/);
});

test('where no engine answers and nothing can be recorded, that is said at once', async () => {
  const rig = await runningRig();
  rig.engineDown = true;
  rig.refuseChanges();
  const problem = '2 tasks may go on: no engine answers for them, and nothing can be recorded (the disk is full)';
  assert.deepEqual(await stopWithin(rig, 1_000), { left: 2, problem });
});

test('tasks that do not end keep no server from its own end', async () => {
  const rig = await runningRig();
  rig.hanging.add('stop');
  const problem = '2 tasks did not end within 180 s of being told to';
  assert.deepEqual(await stopWithin(rig, 181_000), { left: 2, problem });
});
