import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childId } from '../../../core/job.ts';
import type { EnginePool } from '../../../engines/index.ts';
import { environment } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

function pool(id: string, vcpus: number, instance: string): EnginePool {
  return { id, instance, shrinks: false, capacity: { vcpus, memoryMiB: 4096, gpus: 0 } };
}

test('what an engine says anew of its machines is told to the scheduler: a job that was too large starts there', async () => {
  const rig = await Rig.open();
  rig.world.setPools(pool('host', 2, 'i-1'));
  await rig.yard.engineStatuses();
  const jobId = rig.submit({ vcpus: 3, behaviour: forEver });
  await rig.settle();
  assert.equal(await rig.status(jobId), 'RUNNABLE');
  rig.world.setPools(pool('host', 3, 'i-2'));
  await rig.yard.engineStatuses();
  await rig.settle();
  await rig.pass(0);
  const state = await rig.state(jobId);
  assert.ok(state.status === 'RUNNING');
  assert.deepEqual([state.placement.pool, state.placement.instance], ['host', 'i-2']);
  await rig.check();
});

test('jobs run in the pool that their environment names, and wait while its engine has none of that name', async () => {
  const rig = await Rig.open({ environments: [{ ...environment, pool: 'gpu' }] });
  const jobId = rig.submit({ behaviour: forEver });
  await rig.settle();
  assert.match(rig.yard.explain(jobId)?.text ?? '', /engine mock has no pool gpu/);
  rig.world.setPools(pool('host', 2, 'i-1'), pool('gpu', 2, 'i-2'));
  await rig.yard.engineStatuses();
  await rig.settle();
  await rig.pass(0);
  const state = await rig.state(jobId);
  assert.ok(state.status === 'RUNNING');
  assert.deepEqual([state.placement.pool, state.placement.instance], ['gpu', 'i-2']);
  await rig.check();
});

test('a pool that is reported no more takes no job, and those in it end as usual', async () => {
  const rig = await Rig.open();
  rig.world.setPools(pool('a', 1, 'i-1'));
  await rig.yard.engineStatuses();
  const running = rig.submit({ behaviour: { runFor: 10 } });
  await rig.settle();
  rig.world.setPools(pool('b', 1, 'i-2'));
  await rig.yard.engineStatuses();
  const next = rig.submit({ behaviour: forEver });
  await rig.settle();
  await rig.pass(0);
  await rig.check();
  await rig.pass(10);
  assert.equal(await rig.status(running), 'SUCCEEDED');
  const state = await rig.state(next);
  assert.ok(state.status === 'RUNNING' && state.placement.pool === 'b');
  await rig.check();
});

test('the children of an array run, each under its own id, and one that failed runs again', async () => {
  const rig = await Rig.open();
  const jobId = rig.submit({ size: 3, retryStrategy: { attempts: 2, evaluateOnExit: [] }, behaviour: { runFor: 5 } });
  rig.plan(childId(jobId, 0), { runFor: 5, exitCode: 1 });
  await rig.settle();
  await rig.pass(0);
  assert.deepEqual(rig.yard.runningCount, 3);
  await rig.pass(5);
  assert.deepEqual([rig.yard.runningCount, rig.rebuilds, rig.errors], [1, 0, []]);
  await rig.pass(5);
  const { record } = await rig.stored(jobId);
  assert.equal(record.state.status, 'FAILED');
  const rows = await rig.store.reads.arrayChildren([{ number: record.number, indexes: [0, 1, 2] }]);
  const attempts = rows.map(({ state }) => state.attempts.map(({ containers: [only] }) => only?.exitCode));
  assert.deepEqual(attempts, [[1, 1], [0], [0]]);
});
