import type { JobDetail } from '@aws-sdk/client-batch';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import { CommandError } from '../invocation.ts';
import { absentWords } from './absent-job.ts';
import { FollowedChildren } from './followed-children.ts';
import { JobLogReader, type LogLine, type LogSelection } from './job-logs.ts';
import { LongStart } from './long-start.ts';
import { writerOf } from './main-node.ts';
import { patiently, type Seen, type WatchOptions, watch } from './watch.ts';

/** What a watcher sees of a job. */
export type JobNews =
  /** The state, or the reason that is given for it, changed. */
  | { readonly kind: 'state'; readonly job: JobDetail }
  | { readonly kind: 'log'; readonly line: LogLine & { readonly index?: number }; readonly job: JobDetail }
  /** Nothing new; comes several times a second. `why`: what a job waits for that is long in starting. */
  | { readonly kind: 'waiting'; readonly job: JobDetail; readonly why?: string }
  /** Comes last, after every line. */
  | { readonly kind: 'ended'; readonly job: JobDetail };

export interface WatchJobOptions extends WatchOptions {
  readonly client: Client;
  /** Read the log as well: these lines of it. @default not */
  readonly logs?: LogSelection | undefined;
}

/** Watches a job until it ends: its states, and its lines as they are written. Survives a restart of the server. */
export function watchJob(jobId: string, options: WatchJobOptions): AsyncGenerator<JobNews> {
  const { client, logs } = options;
  // Page by page: what was read before the server went away is not read again.
  const reader = logs && new JobLogReader(client, logs, (question) => patiently(options, question));
  let children: FollowedChildren | undefined;
  const linesOf = (job: JobDetail) => {
    if (job.arrayProperties?.size === undefined || !logs) return reader?.read(job) ?? [];
    children ??= new FollowedChildren(job, { ...options, selection: logs });
    return children.news(job);
  };
  let shown = '';
  const start = new LongStart(options);
  return watch(options, async function* (ask) {
    const job = await ask(() => describeJob(client, jobId));
    const now = `${job.status} ${job.statusReason ?? ''}`;
    let seen: Seen = now === shown ? 'nothing new' : 'news';
    const state: readonly JobNews[] = now === shown ? [] : [{ kind: 'state', job }];
    const ended = isTerminal(job.status as JobStatus);
    if (!ended) yield* state;
    shown = now;
    const writer = logs ? await ask(() => writerOf(client, job)) : job;
    for await (const line of linesOf(writer)) {
      seen = 'news';
      yield { kind: 'log', line, job };
    }
    // What the job wrote comes before its end, though both may be new to this look.
    if (ended) yield* state;
    if (ended) yield { kind: 'ended', job };
    else yield { kind: 'waiting', job, ...(await start.why(job)) };
    return ended ? 'the end' : seen;
  });
}

/** The job with this id. Throws `CommandError` if there is none. */
export async function describeJob(client: Client, jobId: string): Promise<JobDetail> {
  const { jobs } = await client.batch('DescribeJobs', { jobs: [jobId] });
  const job = jobs?.[0];
  if (job) return job;
  throw new CommandError(await absentWords(client, jobId));
}

/** What the server answers about a job. Throws `CommandError`; of one that is not there with more words than the server has. */
export async function askAbout<Answer>(client: Client, jobId: string, asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError) await describeJob(client, jobId);
    throw error;
  }
}
