import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AttemptDetail, JobDetail } from '@aws-sdk/client-batch';
import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Ground } from './ground.ts';
import { expectedEnd, type PlannedJob } from './planned-job.ts';
import type { Workload } from './workload.ts';

const lostHost = /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/;

/** What outlives what is killed. */
type Keeping = Pick<Ground, 'keepsJobs' | 'keepsOutput'>;

/**
 * Proves that every job ended as an uninterrupted run of it ends, that no attempt ran twice, and that logs are whole, or, where
 * output is not kept, in order.
 * Answers how many attempts were lost with their host.
 */
export async function verify(workload: Workload, shared: string, ground: Keeping): Promise<number> {
  const jobs = await workload.collect();
  const marks = readMarks(shared);
  const succeeded = (job: PlannedJob) => jobs.get(job.name)?.status === 'SUCCEEDED';
  let lost = 0;
  for (const planned of workload.acknowledged.keys()) {
    const job = jobs.get(planned.name) ?? assert.fail(`${planned.name} is lost`);
    const attempts = job.attempts ?? [];
    checkEnd(planned, job, succeeded);
    checkMarks(job, marks);
    for (const attempt of attempts) await checkLog(planned, job, attempt, workload.clients.logs, ground.keepsOutput);
    lost += attempts.filter(isLost).length;
    if (ground.keepsJobs && planned.behaviour === 'hold') checkKept(job, marks);
  }
  return lost;
}

/** No attempt that had begun was lost. */
function checkKept({ jobId = '', attempts = [] }: JobDetail, marks: Marks): void {
  const begun = (index: number) => marks.get(jobId)?.has(index + 1) ?? false;
  const lost = attempts.filter((attempt, index) => isLost(attempt) && begun(index));
  assert.deepEqual(lost, [], `${jobId} was lost with what its attempt outlives`);
}

/** The job ended as an uninterrupted run of it ends, given which of its attempts were lost with their host. */
export function checkEnd(planned: PlannedJob, job: JobDetail, succeeded: (job: PlannedJob) => boolean): void {
  const attempts = job.attempts ?? [];
  const lost = (attempt: number) => isLost(attempts[attempt - 1]);
  const expected = expectedEnd(planned, { succeeded, isLost: lost });
  const words = `${JSON.stringify(planned)}\n${JSON.stringify(job, undefined, 1)}`;
  assert.equal(job.status, expected.status, words);
  assert.match(job.statusReason ?? '', expected.statusReason, words);
  const ends = attempts.map((attempt) => (isLost(attempt) ? 'lost' : { exitCode: attempt.container?.exitCode }));
  if (expected.attempts) assert.deepEqual(ends, expected.attempts, words);
  else
    assert.ok(
      ends.slice(0, -1).every((end) => end === 'lost'),
      `stopped, and yet tried again: ${words}`,
    );
}

/** Whether the attempt ended with its host. */
export function isLost(attempt: AttemptDetail | undefined): boolean {
  return lostHost.test(attempt?.statusReason ?? '');
}

/** How many marks each attempt of a job or of a child has left, by its id. */
export type Marks = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Every start of every attempt, as the jobs themselves wrote it down. */
export function readMarks(shared: string): Marks {
  const starts = readFileSync(`${shared}/marks`, 'utf8').trim().split('\n');
  const marks = new Map<string, Map<number, number>>();
  for (const start of starts) {
    assert.match(start, /^[0-9a-f-]{36}([:#]\d+)? \d+ [0-9a-f-]{36}$/);
    const [id = '', attempt = ''] = start.split(' ');
    const attempts = marks.get(id) ?? new Map<number, number>();
    attempts.set(Number(attempt), (attempts.get(Number(attempt)) ?? 0) + 1);
    marks.set(id, attempts);
  }
  return marks;
}

/** An attempt that exited by itself ran once; one that was lost or stopped ran once or not at all; no other ran. */
export function checkMarks(job: JobDetail, marks: Marks): void {
  const attempts = job.attempts ?? [];
  const own = marks.get(job.jobId ?? '') ?? new Map<number, number>();
  for (const [index, attempt] of attempts.entries()) {
    const times = own.get(index + 1) ?? 0;
    const words = `attempt ${index + 1} of ${job.jobId} ran ${times} times\n${JSON.stringify(attempt)}`;
    if (ranToItsEnd(attempt)) assert.equal(times, 1, words);
    else assert.ok(times <= 1, words);
  }
  const beyond = [...own.keys()].filter((attempt) => attempt > attempts.length);
  assert.deepEqual(beyond, [], `attempts of ${job.jobId} ran that are not recorded`);
}

function ranToItsEnd({ statusReason }: AttemptDetail): boolean {
  return statusReason === 'Essential container in task exited';
}

/** All lines of an attempt that ended by itself, once and in order; of another attempt the first ones. */
async function checkLog(
  planned: PlannedJob,
  { jobId }: JobDetail,
  attempt: AttemptDetail,
  logs: CloudWatchLogsClient,
  keepsOutput: boolean,
): Promise<void> {
  const logStreamName = attempt.container?.logStreamName;
  assert.ok(logStreamName !== undefined || !ranToItsEnd(attempt), `${jobId} has no log stream`);
  if (logStreamName === undefined) return;
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName, startFromHead: true }),
  );
  const all = Array.from({ length: planned.lines }, (_, index) => `line ${index + 1} of ${planned.lines}`);
  const lines = events.map(({ message = '' }) => message);
  const first = ranToItsEnd(attempt) ? all : all.slice(0, lines.length);
  const wanted = keepsOutput ? first : all.filter((line) => lines.includes(line));
  assert.deepEqual(lines, wanted, `the log of ${jobId} (${logStreamName})`);
}
