import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failpoints } from '../../src/core/failpoint.ts';
import { times } from '../support/effort.ts';
import { until } from '../support/wait.ts';
import type { ContainerGround, GroundKind } from './container-grounds.ts';
import { bringBack, whatIsKilled } from './container-kills.ts';
import { openStage, type Stage } from './stage.ts';

/** One of each kind at least. */
const kills = Math.max(3, times(3));
/** Jobs that are on their way at once: more would only wait for the daemon. */
const atOnce = 4;
/** The most that AWS allows: attempts that are lost with their host count. */
const attempts = 10;

/** Where tasks end: their engine says so, that is committed, and the engine lets go of them. */
const ends = failpoints.filter((name) => name.startsWith('report.'));

/** What must hold on every ground whatever is killed under it, while jobs come to their ends. */
export function endsOnce({ name, skip, open }: GroundKind): void {
  test(
    `jobs on ${name} end once, and nothing is left of them, whatever is killed while they are stopped, reported or released`,
    skip === undefined ? {} : { skip },
    async (t) => {
      const ground = await open(t);
      const stage = await openStage(t, ground);
      await stage.workload.keepRunning(1, attempts);
      for (const failpoint of ends) await dieAt(stage, ground, failpoint);
      for (let stop = 1; stop <= kills; stop += 1) await killAtStop(stage, ground, stop);
      await stage.finish();
    },
  );
}

/** The server dies where tasks end, and what runs them with it or not. */
async function dieAt(stage: Stage, ground: ContainerGround, failpoint: string): Promise<void> {
  const { server, workload, random } = stage;
  await server.kill();
  await server.restart(['--failpoint', `${failpoint}:${random.below(3)}`]).catch((error) => {
    // It may die while it takes up what the server before it left.
    assert.equal(server.endedBy, 'SIGKILL', error);
  });
  await until(
    async () => `the server to die at ${failpoint}\n${await stage.inWords()}`,
    async () => {
      const isIdle = await workload.countIn('RUNNABLE', 'STARTING', 'RUNNING').then(
        (count) => count < atOnce,
        () => false,
      );
      if (isIdle && server.isRunning) await workload.burst(2);
      return !server.isRunning;
    },
    { interval: 200 },
  );
  const killsGround = random.below(2) === 0;
  if (killsGround) await ground.kill(server);
  await bringBack(stage, ground, { killsGround, killsServer: true });
}

/** Kills while a job that runs is being stopped. */
async function killAtStop(stage: Stage, ground: ContainerGround, stop: number): Promise<void> {
  const { server, workload, random } = stage;
  const killed = whatIsKilled(stop);
  const send = await workload.startHanging(attempts);
  const sent = send();
  await stage.passTime(random.below(100));
  if (killed.killsServer) await server.kill();
  if (killed.killsGround) await ground.kill(server);
  await sent;
  await bringBack(stage, ground, killed);
}
