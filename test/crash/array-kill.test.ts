import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import { effort, times } from '../support/effort.ts';
import { describeJob, until } from '../support/wait.ts';
import { describeChildren, endedChildren, type PlannedArray, submitArrays } from './planned-arrays.ts';
import type { PlannedJob } from './planned-job.ts';
import { openStage, type Stage } from './stage.ts';
import { checkEnd, checkMarks, isLost, readMarks } from './verify.ts';

/** The long tier takes the largest array that there is, and 20 kills. */
const size = effort < 4 ? 200 : 10_000;
const kills = times(5);

test('arrays that depend on each other go through kills of server and runner: each child runs once for each attempt, and all counts are exact', async (t) => {
  const stage = await openStage(t);
  const { batch } = stage.workload.clients;
  const arrays = await submitArrays(batch, stage.server.shared, size);
  const total = arrays.reduce((sum, { children }) => sum + children.length, 0);
  for (let kill = 1; kill <= kills; kill += 1) {
    await reach(stage, arrays, Math.floor((total * kill) / (kills + 2)));
    await killSomething(stage, kill);
  }
  await reach(stage, arrays, total);
  const lost = await verifyArrays(batch, arrays, stage.server.shared);
  t.diagnostic(`${total} children, ${lost} attempts lost with their host`);
  assert.ok(lost > 0, 'no kill met an attempt');
  await stage.finish();
  await stage.expectShortTurns();
});

/** Waits until so many children have ended, for as long as there is progress. */
async function reach({ workload, inWords }: Stage, arrays: readonly PlannedArray[], count: number): Promise<void> {
  const { batch } = workload.clients;
  for (let ended = await endedChildren(batch, arrays); ended < count; ) {
    const before = ended;
    await until(
      async () => `more than ${before} children to end, of ${count}\n${await inWords()}`,
      async () => {
        ended = await endedChildren(batch, arrays);
        return ended > before;
      },
      { interval: 50 },
    );
  }
}

/** The server, the runner, or one after the other. */
async function killSomething({ server, random, passTime }: Stage, kill: number): Promise<void> {
  await passTime(random.below(200));
  const [killsServer, killsRunner] = [kill % 3 !== 1, kill % 3 !== 2];
  if (killsServer) await server.kill();
  if (killsRunner) await server.killRunners();
  if (killsServer) await server.restart();
}

/** Answers how many attempts were lost with their host. */
async function verifyArrays(batch: BatchClient, arrays: readonly PlannedArray[], shared: string): Promise<number> {
  const marks = readMarks(shared);
  const succeeded = new Set<PlannedJob>();
  let lost = 0;
  for (const array of arrays) {
    const children = await describeChildren(batch, array);
    assert.equal(children.length, array.children.length, `children of ${array.jobId} are lost`);
    for (const [index, planned] of array.children.entries()) {
      const child = children[index] ?? assert.fail();
      if (child.status === 'SUCCEEDED') succeeded.add(planned);
      checkEnd(planned, child, (job) => succeeded.has(job));
      checkMarks(child, marks);
      lost += (child.attempts ?? []).filter(isLost).length;
    }
    if (array.isSequential) checkSequence(children);
    await checkParent(batch, array, children);
  }
  return lost;
}

async function checkParent(batch: BatchClient, { jobId }: PlannedArray, children: readonly JobDetail[]): Promise<void> {
  const parent = await describeJob(batch, jobId);
  const failed = children.filter(({ status }) => status === 'FAILED').length;
  const summary = { SUCCEEDED: children.length - failed, FAILED: failed };
  assert.equal(parent.status, failed > 0 ? 'FAILED' : 'SUCCEEDED');
  const none = { SUBMITTED: 0, PENDING: 0, RUNNABLE: 0, STARTING: 0, RUNNING: 0 };
  assert.deepEqual(parent.arrayProperties?.statusSummary, { ...none, ...summary });
}

/** None started before the one before it had ended. */
function checkSequence(children: readonly JobDetail[]): void {
  for (const [index, child] of children.slice(1).entries()) {
    const [first] = child.attempts ?? [];
    assert.ok(
      (first?.startedAt ?? Infinity) >= (children[index]?.stoppedAt ?? Infinity),
      `${child.jobId} came too early`,
    );
  }
}
