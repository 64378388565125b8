import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failpoints } from '../../src/core/failpoint.ts';
import { times } from '../support/effort.ts';
import { isRunning } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { timingOut } from './planned-job.ts';
import { openStage, type Stage } from './stage.ts';

const kills = times(20);
/** "At least 50 jobs running at each kill": all of these run from before the first crash to after the last one. */
const held = 52;

/** Where a server comes by that only runs jobs; the others have tests of their own. */
const passedByJobs = /^(dispatch|report|submit|audit)\./;

test('a server that is killed at any moment and at every failpoint loses no job, runs none twice, and interrupts none', async (t) => {
  const stage = await openStage(t);
  const { server, workload } = stage;
  await workload.keepRunning(held);
  for (const name of ['late-1', 'late-2']) await workload.submit(timingOut(`job-${name}`));
  const before = server.jobProcesses;
  for (let kill = 1; kill <= kills; kill += 1) await killAtRandom(stage);
  for (const name of failpoints.filter((each) => passedByJobs.test(each))) await dieAt(stage, name);
  assert.equal(server.runners.length, 1);
  const interrupted = before.filter((pid) => !isRunning(pid));
  t.diagnostic(`${interrupted.length} of ${before.length} processes ended by themselves meanwhile`);
  const lost = await stage.finish();
  assert.equal(lost, 0, 'an attempt was lost with a server');
  await stage.expectShortTurns();
});

test('the same kinds of work end the same way when nothing is killed', async (t) => {
  const stage = await openStage(t);
  await stage.workload.keepRunning(held);
  for (let burst = 0; burst < times(6); burst += 1) await stage.workload.burst(10);
  assert.equal(await stage.finish(), 0);
});

async function killAtRandom(stage: Stage): Promise<void> {
  const { server, workload, random } = stage;
  await stage.expectRunning(50);
  const burst = workload.burst(10);
  await stage.passTime(random.below(400));
  await server.kill();
  await burst;
  await server.restart();
  await workload.takeUp();
}

async function dieAt(stage: Stage, failpoint: string): Promise<void> {
  const { server, workload, random } = stage;
  await stage.expectRunning(50);
  await server.kill();
  await server.restart(['--failpoint', `${failpoint}:${random.below(8)}`]).catch((error) => {
    // It may die while it takes up what the server before it left.
    assert.equal(server.endedBy, 'SIGKILL', error);
  });
  await until(
    async () => `the server to die at ${failpoint}\n${await stage.inWords()}`,
    async () => {
      if (server.isRunning) await workload.burst(6);
      return !server.isRunning;
    },
  );
  await server.restart();
  await workload.takeUp();
}
