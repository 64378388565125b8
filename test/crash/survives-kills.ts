import assert from 'node:assert/strict';
import { test } from 'node:test';
import { times } from '../support/effort.ts';
import type { ContainerGround, GroundKind } from './container-grounds.ts';
import { bringBack, whatIsKilled } from './container-kills.ts';
import { openStage, type Stage } from './stage.ts';

/** One of each kind at least. */
const kills = Math.max(3, times(3));
/** Jobs that run through all of it, as far as what runs them lets them. */
const held = 4;
/** The most that AWS allows: attempts that are lost with their host count. */
const attempts = 10;

/** What must hold on every ground whatever is killed under it, while jobs are at all points of their way. */
export function survivesKills({ name, skip, open }: GroundKind): void {
  test(
    `jobs on ${name} go through kills of the server and of what runs them: each attempt runs once, no job is lost, and nothing is left`,
    skip === undefined ? {} : { skip },
    async (t) => {
      const ground = await open(t);
      const stage = await openStage(t, ground);
      for (let kill = 1; kill <= kills; kill += 1) await killSomething(stage, ground, kill);
      const lost = await stage.finish();
      if (!ground.keepsJobs) assert.ok(lost > 0, 'no kill met an attempt');
    },
  );
}

/** What runs jobs, the server, or both, in any order. */
async function killSomething(stage: Stage, ground: ContainerGround, kill: number): Promise<void> {
  const { server, workload, random } = stage;
  await workload.keepRunning(held, attempts);
  const burst = workload.burst(4);
  await stage.passTime(random.below(1_000));
  const killed = whatIsKilled(kill);
  if (killed.killsServer) await server.kill();
  if (killed.killsGround) await ground.kill(server);
  await burst;
  await stage.passTime(random.below(300));
  await bringBack(stage, ground, killed);
}
