import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { type BatchClient, type JobDetail, TerminateJobCommand } from '@aws-sdk/client-batch';
import { times } from '../support/effort.ts';
import { until } from '../support/wait.ts';
import { stopReason } from './planned-job.ts';
import { describeGangs, describeNodes, mainNodeOf, type PlannedGang, submitGangs } from './planned-nodes.ts';
import { openStage, type Stage } from './stage.ts';
import { checkEnd, checkMarks, isLost, type Marks, readMarks } from './verify.ts';

const kills = times(4);
const count = times(24);
/** After that many those that hang are stopped: else they would have no attempt left. */
const killsBeforeStop = Math.min(3, kills);

test('multi-node jobs that depend on each other go through kills of server and runner: each node runs once for each attempt, and nothing of them is left', async (t) => {
  const stage = await openStage(t);
  const { batch } = stage.workload.clients;
  const gangs = await submitGangs(batch, stage.server.shared, count, stage.random);
  const ending = gangs.filter(({ planned }) => planned.stop === undefined);
  for (let kill = 1; kill <= kills; kill += 1) {
    await reach(stage, ending, Math.floor((ending.length * (kill - 1)) / (kills + 1)));
    await killSomething(stage, gangs, kill);
    if (kill === killsBeforeStop) await stopThoseThatHang(batch, gangs);
  }
  await reach(stage, gangs, gangs.length);
  const { lost, nodes } = await verifyGangs(batch, gangs, stage.server.shared);
  t.diagnostic(`${gangs.length} jobs of ${nodes} nodes, ${lost} attempts lost with their host`);
  assert.ok(lost > 0, 'no kill met an attempt');
  await stage.finish();
  await until('the networks to be gone', () => networksOf(stage.server.runners).length === 0);
  await stage.expectShortTurns();
});

const hasEnded = ({ status }: Pick<JobDetail, 'status'>) => status === 'SUCCEEDED' || status === 'FAILED';

/** Waits until so many have ended, for as long as there is progress. */
async function reach({ workload, inWords }: Stage, gangs: readonly PlannedGang[], wanted: number): Promise<void> {
  const { batch } = workload.clients;
  const ask = async () => (await describeGangs(batch, gangs)).filter(hasEnded).length;
  for (let ended = await ask(); ended < wanted; ) {
    const before = ended;
    await until(
      async () =>
        `more than ${before} multi-node jobs to end, of ${wanted}\n${await inWords()}\n${await openNodes(batch, gangs)}`,
      async () => {
        ended = await ask();
        return ended > before;
      },
      { interval: 50 },
    );
  }
}

/** For the words of a failure: what the store has of the nodes of jobs that have not ended. */
async function openNodes(batch: BatchClient, gangs: readonly PlannedGang[]): Promise<string> {
  const jobs = await describeGangs(batch, gangs);
  const open = gangs.filter((_gang, index) => !hasEnded(jobs[index] ?? { status: undefined }));
  const nodes = await Promise.all(open.map(async (gang) => [...(await describeNodes(batch, gang)).values()]));
  const seen = [...jobs.filter((job) => !hasEnded(job)), ...nodes.flat()];
  const words = seen.map(({ jobId, jobName, status, isTerminated, attempts = [] }) =>
    [jobName, jobId, status, isTerminated === true ? 'terminated' : '', attempts.map((one) => one.statusReason)].join(
      ' ',
    ),
  );
  return words.join('\n');
}

/** The server, the runner, or one after the other, while a job is on its way. */
async function killSomething(
  { server, random, passTime, inWords, workload }: Stage,
  gangs: readonly PlannedGang[],
  kill: number,
): Promise<void> {
  const { batch } = workload.clients;
  await until(
    async () => `containers to run\n${await inWords()}\n${await openNodes(batch, gangs)}`,
    async () => server.runningContainers > 0 || (await describeGangs(batch, gangs)).every(hasEnded),
  );
  // Those that were left may have ended meanwhile: then there is nothing to kill.
  if (server.runningContainers === 0) return;
  await passTime(random.below(500));
  const [killsServer, killsRunner] = [kill % 3 !== 1, kill % 3 !== 2];
  if (killsServer) await server.kill();
  if (killsRunner) await server.killRunners();
  if (killsServer) await server.restart();
}

async function stopThoseThatHang(batch: BatchClient, gangs: readonly PlannedGang[]): Promise<void> {
  const hanging = gangs.filter(({ planned }) => planned.stop !== undefined);
  for (const { jobId } of hanging) await batch.send(new TerminateJobCommand({ jobId, reason: stopReason }));
}

/** Answers how many attempts were lost with their host, and how many nodes there were. */
async function verifyGangs(batch: BatchClient, gangs: readonly PlannedGang[], shared: string) {
  const marks = readMarks(shared);
  const jobs = await describeGangs(batch, gangs);
  const succeeded = new Set(
    gangs.filter((_gang, index) => jobs[index]?.status === 'SUCCEEDED').map((gang) => gang.planned),
  );
  let lost = 0;
  let nodes = 0;
  for (const [index, gang] of gangs.entries()) {
    const job = jobs[index] ?? assert.fail();
    checkEnd(gang.planned, job, (planned) => succeeded.has(planned));
    await verifyNodes(batch, gang, job, marks);
    lost += (job.attempts ?? []).filter(isLost).length;
    nodes += gang.size;
  }
  return { lost, nodes };
}

/** The main node has the attempts of its job. Another may have missed some, and ran at most once in each. */
async function verifyNodes(batch: BatchClient, gang: PlannedGang, job: JobDetail, marks: Marks): Promise<void> {
  const nodes = await describeNodes(batch, gang);
  const main = mainNodeOf(nodes);
  const ends = (one: JobDetail | undefined) =>
    (one?.attempts ?? []).map(({ stoppedAt, statusReason }) => [stoppedAt, statusReason]);
  assert.deepEqual(ends(main), ends(job), `the main node of ${gang.jobId} has other attempts than its job`);
  if (main) checkMarks(main, marks);
  for (const node of nodes.values()) {
    assert.ok(hasEnded(node), `${node.jobId} is ${node.status}, its job ${job.status}`);
    const own = [...(marks.get(node.jobId ?? '') ?? [])];
    const words = `${JSON.stringify(own)}\n${JSON.stringify(node, undefined, 1)}`;
    assert.ok(
      own.every(([, starts]) => starts === 1),
      `an attempt of a node ran twice: ${words}`,
    );
    const attempts = node.attempts ?? [];
    assert.ok(own.length <= attempts.length && own.length >= attempts.filter(exited).length, words);
  }
  if (job.status === 'SUCCEEDED') assertAllCame(gang, job, marks);
}

const exited = ({ container }: { readonly container?: { readonly exitCode?: number | undefined } | undefined }) =>
  container?.exitCode === 0 || container?.exitCode === 5;

/** The main node of the last attempt waited for all others. */
function assertAllCame({ jobId, size }: PlannedGang, { attempts = [] }: JobDetail, marks: Marks): void {
  for (let index = 0; index < size; index += 1) {
    assert.equal(
      marks.get(`${jobId}#${index}`)?.get(attempts.length),
      1,
      `${jobId}#${index} has no mark of the last attempt`,
    );
  }
}

/** The namespaces of networks that runners hold beside their own. */
function networksOf(runners: readonly number[]): readonly string[] {
  return runners.flatMap((pid) => {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return links.filter((link) => link.startsWith('net:['));
  });
}

/** Empty for a descriptor that was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
