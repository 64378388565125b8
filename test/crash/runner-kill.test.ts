import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failpoints } from '../../src/core/failpoint.ts';
import { times } from '../support/effort.ts';
import { commandOf } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { openStage, type Stage } from './stage.ts';

const kills = times(20);
const held = 50;
/** The most that AWS allows: each kill costs a holder one, and one that has used up all of them is replaced. */
const attempts = 10;

test('jobs of a runner that is killed at any moment and at every failpoint are lost, retried as asked, and never run twice', async (t) => {
  const stage = await openStage(t);
  const { server } = stage;
  await keepRunning(stage);
  for (let kill = 1; kill <= kills; kill += 1) await killAtRandom(stage);
  for (const name of failpoints.filter((each) => each.startsWith('runner.'))) await dieAt(stage, name);
  await server.kill();
  await server.restart();
  const lost = await stage.finish();
  assert.ok(lost >= (kills * held) / 2, `only ${lost} attempts were lost`);
  await stage.expectShortTurns();
});

/** Until the server has noticed that a runner is gone, its jobs look as if they ran: so ask the machine, too. */
async function keepRunning({ server, workload }: Stage): Promise<void> {
  await until('jobs to run', async () => {
    await workload.keepRunning(held, attempts);
    return server.runningContainers >= held;
  });
}

async function killAtRandom(stage: Stage): Promise<void> {
  const { server, workload, random } = stage;
  await keepRunning(stage);
  const burst = workload.burst(4);
  await stage.passTime(random.below(200));
  assert.equal(await server.killRunners(), 1);
  await burst;
  await workload.sendStops();
}

/** The runner that comes next dies at the failpoint, after as many passes as let 50 jobs run; the one after it does not. */
async function dieAt(stage: Stage, failpoint: string): Promise<void> {
  const { server, workload, random } = stage;
  await keepRunning(stage);
  await server.kill();
  const startsFirst = failpoint.startsWith('runner.exit') ? 0 : held;
  await server.restart(['--failpoint', `${failpoint}:${startsFirst + random.below(6)}`]);
  const before = server.runners;
  assert.equal(await server.killRunners(), 1);
  const isNextButOne = (pid: number) => !before.includes(pid) && !commandOf(pid).includes(failpoint);
  await until(
    async () => `a runner to die at ${failpoint}\n${await stage.inWords()}`,
    async () => {
      await workload.burst(4);
      return server.runners.some(isNextButOne);
    },
  );
  await server.kill();
  await server.restart();
  await workload.takeUp();
}
