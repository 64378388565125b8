import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventLoopDelay } from '../support/metrics.ts';
import { stretchOf } from '../support/processes.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import type { Ground } from './ground.ts';
import { verify } from './verify.ts';
import { Workload } from './workload.ts';

/**
 * Milliseconds, at the 99th percentile. What "bounded turns" aims at is printed beside what was measured; a test fails only
 * where turns are plainly unbounded, for how long a turn takes depends on the machine.
 */
const aimedDelay = 20;
const unboundedDelay = 250;

/** Files of the host, on the process engine. */
const hostFiles: Ground = {
  ...{ flags: [], images: ['host'], keepsOutput: true, keepsJobs: false },
  inWords: launchersInWords,
  expectNothingLeft: expectNoProcessesLeft,
};

/** A server with room for 64 jobs, the work that it gets, and the end of the play. */
export interface Stage {
  readonly server: ServerProcess;
  readonly workload: Workload;
  readonly random: SeededRandom;
  /** Lets at most `milliseconds` go by: the random moment of a kill. Nothing waits for something this way. */
  passTime(milliseconds: number): Promise<void>;
  /**
   * Where everything stands, for the words of a failure: the seed, the work, what runs of it, and the ends of the server's and the
   * runner's log.
   */
  inWords(): Promise<string>;
  /** Asserts that at least `count` jobs run now. */
  expectRunning(count: number): Promise<void>;
  /**
   * Lets the holders go, waits until every job has ended, and proves that all of them ended as they should and that
   * nothing is left of them. Answers how many attempts were lost with their host.
   */
  finish(): Promise<number>;
  /** Asserts that the server's turns since its start, or since its metrics were read, were short. */
  expectShortTurns(): Promise<void>;
}

/** Sets the stage for one test. The seed is printed: TEST_SEED plays the same choices again. */
export async function openStage(t: TestContext, ground: Ground = hostFiles): Promise<Stage> {
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const server = await ServerProcess.start(t, ['--host-vcpus', '64', '--log-level', 'warn', ...ground.flags]);
  const workload = new Workload(server, random, ground.images);
  t.after(() => workload.close());
  t.after(() => {
    if (!t.passed) t.diagnostic(`the end of the server's log:\n${server.log.slice(-5_000)}`);
  });
  execFileSync('mkfifo', [join(server.shared, 'gate')]);
  chmodSync(join(server.shared, 'gate'), 0o666);
  await workload.prepare();
  const inWords = () => stageInWords(server, workload, random, ground);
  return {
    server,
    workload,
    random,
    inWords,
    passTime: async (milliseconds) => void (await pause(milliseconds)),
    expectRunning: async (count) => {
      const running = await workload.countIn('RUNNING');
      assert.ok(running >= count, `${running} jobs run`);
    },
    finish: () => finish(t, { server, workload, inWords }, ground),
    expectShortTurns: () => expectShortTurns(t, server),
  };
}

async function stageInWords(
  server: ServerProcess,
  workload: Workload,
  random: SeededRandom,
  ground: Ground,
): Promise<string> {
  const work = await workload.inWords().catch((error: unknown) => `the server does not say: ${error}`);
  return [
    `TEST_SEED=${random.seed}`,
    work,
    await ground.inWords(server),
    `the end of the server's log:\n${server.log.slice(-5_000)}`,
    `the end of the runner's log:\n${server.runnerLog.slice(-5_000)}`,
  ].join('\n');
}

async function finish(
  t: TestContext,
  { server, workload, inWords }: Pick<Stage, 'server' | 'workload' | 'inWords'>,
  ground: Ground,
): Promise<number> {
  await workload.takeUp();
  const gate = openGate(server);
  try {
    await workload.waitForEnds(inWords);
  } finally {
    closeSync(gate);
  }
  const lost = await verify(workload, server.shared, ground);
  const { acknowledged, vanished } = workload;
  t.diagnostic(
    `${acknowledged.size} jobs and ${lost} attempts lost with their host; ${vanished} submissions never came in`,
  );
  await ground.expectNothingLeft(server);
  assert.doesNotMatch(server.log, /"level":"error"/);
  return lost;
}

/**
 * After `finish`: recovery, the end of all jobs at once, and the reads of the proof. The jobs themselves want more than
 * the cores that there are, so that wall time says little of the server: the bound is for time that it had a core.
 */
async function expectShortTurns(t: TestContext, server: ServerProcess): Promise<void> {
  const delay = await eventLoopDelay(server.url);
  const stretch = stretchOf(server.pid);
  const words = `event loop delay p99 ${delay.toFixed(1)} ms (aim ${aimedDelay}), stretched ${stretch.toFixed(2)} times by other processes`;
  t.diagnostic(words);
  assert.ok(delay <= unboundedDelay * stretch, words);
}

/** Whoever reads a line of it goes on, now or later: as long as it is open, there are enough for all. */
function openGate(server: ServerProcess): number {
  const gate = openSync(join(server.shared, 'gate'), constants.O_RDWR);
  writeSync(gate, '\n'.repeat(2_000));
  return gate;
}

/** Of the process engine: each container has one launcher. */
export async function launchersInWords(server: ServerProcess): Promise<string> {
  return `${server.runningContainers} containers run`;
}

/** Of tasks of the process engine. */
export async function expectNoProcessesLeft(server: ServerProcess): Promise<void> {
  const tasks = join(server.dataDirectory, 'process/tasks');
  await until('every task to be released', () => readdirSync(tasks).length === 0);
  assert.deepEqual(server.jobGroups, []);
  await until('every process of a job to be gone', () => server.jobProcesses.length === 0);
}
