import type { JobDetail } from '@aws-sdk/client-batch';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import { ServerUnreachable } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { CommandError, pause } from '../invocation.ts';
import { JobLogReader, type LogLine } from './job-logs.ts';

/** What a watcher sees of a job. */
export type JobNews =
  /** The state, or the reason that is given for it, changed. */
  | { readonly kind: 'state'; readonly job: JobDetail }
  | { readonly kind: 'log'; readonly line: LogLine }
  /** Nothing new; comes several times a second. */
  | { readonly kind: 'waiting'; readonly job: JobDetail }
  /** Comes last, after every line. */
  | { readonly kind: 'ended'; readonly job: JobDetail };

export interface WatchOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** Read the log as well; with a number only that attempt's. */
  readonly logs: boolean | number;
  /** Ends the watch early. */
  readonly signal?: AbortSignal;
}

/** AWS's API has no push: polls often while something happens, and ever slower, up to this, while nothing does. */
const longestPause: Milliseconds = 250;
const shortestPause: Milliseconds = 15;

/** How long a server may be away (a restart) before a watch gives up. */
const patience: Milliseconds = 60_000;

/** Watches a job until it ends: its states, and its lines as they are written. Survives a restart of the server. */
export async function* watchJob(jobId: string, options: WatchOptions): AsyncGenerator<JobNews> {
  const { clock, signal } = options;
  const reader = new JobLogReader(options.client, typeof options.logs === 'number' ? options.logs : undefined);
  let shown = '';
  let wait = shortestPause;
  while (!signal?.aborted) {
    const job = await patiently(options, () => describeJob(options.client, jobId));
    const now = `${job.status} ${job.statusReason ?? ''}`;
    wait = now === shown ? Math.min(wait * 1.5, longestPause) : shortestPause;
    if (now !== shown) yield { kind: 'state', job };
    shown = now;
    if (options.logs !== false) {
      for (const line of await patiently(options, () => Array.fromAsync(reader.read(job)))) {
        wait = shortestPause;
        yield { kind: 'log', line };
      }
    }
    if (isTerminal(job.status as JobStatus)) return yield { kind: 'ended', job };
    yield { kind: 'waiting', job };
    await pause(clock, wait, signal);
  }
}

/** The job with this id. Throws `CommandError` if there is none. */
export async function describeJob(client: Client, jobId: string): Promise<JobDetail> {
  const { jobs } = await client.batch('DescribeJobs', { jobs: [jobId] });
  const job = jobs?.[0];
  if (job) return job;
  throw new CommandError(`there is no job ${jobId}`);
}

async function patiently<Result>({ clock, signal }: WatchOptions, ask: () => Promise<Result>): Promise<Result> {
  const until = clock.monotonic() + patience;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || clock.monotonic() > until || signal?.aborted) throw error;
      await pause(clock, 500, signal);
    }
  }
}
