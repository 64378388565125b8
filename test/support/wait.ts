import { setTimeout as pause } from 'node:timers/promises';
import { type BatchClient, DescribeJobsCommand, type JobDetail, type JobStatus } from '@aws-sdk/client-batch';

/** Between two questions. A test never sleeps for a time that it hopes is enough: it asks until the answer is there. */
const pollInterval = 15;
/** Only ends waits that hang: no test depends on how fast the machine is. */
const hopeless = 120_000;

export interface WaitOptions {
  /** Ends the wait with words. @default two minutes from now */
  readonly signal?: AbortSignal;
  /** Milliseconds between two questions: for what must be left alone meanwhile. @default 15 */
  readonly interval?: number;
}

/**
 * Asks until `ask` answers something. Rejects with `what` when the deadline passes, be it in the midst of a question;
 * errors of `ask` end the wait.
 */
export async function until<Answer>(
  what: string | (() => string | Promise<string>),
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  { signal = AbortSignal.timeout(hopeless), interval = pollInterval }: WaitOptions = {},
): Promise<Answer> {
  const deadline = abortionOf(signal);
  for (;;) {
    const answer = await Promise.race([ask(), deadline]);
    if (answer !== undefined && answer !== false && answer !== tooLate) return answer;
    if (signal.aborted) {
      throw new Error(`waited in vain for ${typeof what === 'string' ? what : await what()}`, { cause: signal.reason });
    }
    await pause(interval);
  }
}

const tooLate = Symbol('too late');

function abortionOf(signal: AbortSignal): Promise<typeof tooLate> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(tooLate), { once: true });
  });
}

/** The job as DescribeJobs shows it. Rejects if there is none. */
export async function describeJob(batch: BatchClient, jobId: string): Promise<JobDetail> {
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  const [job] = jobs;
  if (!job) throw new Error(`there is no job ${jobId}`);
  return job;
}

/**
 * Waits until a job is in one of `statuses`, and answers it as it then was. Rejects at once when it has ended elsewhere:
 * that state cannot be reached any more.
 */
export function waitForStatus(
  batch: BatchClient,
  jobId: string,
  statuses: JobStatus | readonly JobStatus[],
  options: WaitOptions = {},
): Promise<JobDetail> {
  const wanted = new Set([statuses].flat());
  return until(
    `job ${jobId} to be ${[...wanted].join(' or ')}`,
    async () => {
      const job = await describeJob(batch, jobId);
      if (job.status !== undefined && wanted.has(job.status)) return job;
      if (hasEnded(job)) throw new Error(`job ${jobId} ended ${job.status}: ${job.statusReason}\n${inWords(job)}`);
      return undefined;
    },
    options,
  );
}

/** Waits until a job is SUCCEEDED or FAILED. */
export function waitForEnd(batch: BatchClient, jobId: string, options: WaitOptions = {}): Promise<JobDetail> {
  return waitForStatus(batch, jobId, ['SUCCEEDED', 'FAILED'], options);
}

/**
 * Waits until all of up to 100 jobs have ended, and answers them in this order. One question for all of them: one for each
 * would keep the server from running them.
 */
export function waitForEnds(batch: BatchClient, jobIds: readonly string[]): Promise<readonly JobDetail[]> {
  return until(`${jobIds.length} jobs to end`, async () => {
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [...jobIds] }));
    const byId = new Map(jobs.map((job) => [job.jobId, job]));
    const ended = jobIds.flatMap((id) => byId.get(id) ?? []).filter(hasEnded);
    return ended.length === jobIds.length && ended;
  });
}

function hasEnded({ status }: JobDetail): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

function inWords({ container, attempts }: JobDetail): string {
  return JSON.stringify({ exitCode: container?.exitCode, reason: container?.reason, attempts });
}
