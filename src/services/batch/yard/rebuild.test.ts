import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

test('a rebuild while reports are heard ends no job that runs, and loses no end', async () => {
  const rig = await Rig.open({
    host: { vcpus: 1_000, memoryMiB: 1_000_000 },
    slices: { size: 20, turns: 2 },
  });
  const running = Array.from({ length: 100 }, () => rig.submit({ behaviour: forEver }));
  const ending = Array.from({ length: 100 }, () => rig.submit({ behaviour: { runFor: 1_000 } }));
  await rig.settle();
  await rig.pass(0);
  let heard = 0;
  rig.hearing = (event) => {
    heard += 1;
    // In the middle of what is told again, and in the middle of ends.
    if (heard === 50 || heard === 350) rig.rebuild();
    return [event];
  };
  rig.rebuild();
  await rig.settle();
  await rig.pass(1_000);
  // Reports that say nothing new are heard in turns in which nothing else moves.
  for (let round = 0; round < 20; round += 1) await rig.pass(0);
  assert.equal(rig.rebuilds, 3);
  assert.deepEqual(new Set(await Promise.all(running.map((jobId) => rig.status(jobId)))), new Set(['RUNNING']));
  assert.deepEqual(new Set(await Promise.all(ending.map((jobId) => rig.status(jobId)))), new Set(['SUCCEEDED']));
  await rig.check();
});

test('while memory is filled anew it is known of every task that it is held, and once it is full of none that has ended', async () => {
  const rig = await Rig.open({ host: { vcpus: 1_000, memoryMiB: 1_000_000 }, slices: { size: 20, turns: 2 } });
  const ended = rig.submit({ behaviour: { runFor: 1_000 } });
  for (let count = 0; count < 100; count += 1) rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  const tasks = [...new Set(rig.ran)];
  const held = () => tasks.filter((taskId) => rig.yard.placementOf(taskId)).length;
  assert.equal(held(), 101);
  let isOver = false;
  rig.rebuild();
  const settled = rig.settle().then(() => {
    isOver = true;
  });
  while (!isOver) {
    assert.equal(held(), 101);
    await nextTurn();
  }
  await settled;
  await rig.pass(1_000);
  assert.equal(await rig.status(ended), 'SUCCEEDED');
  assert.equal(held(), 100);
});
