import type { JobDetail } from '@aws-sdk/client-batch';
import type { TerminalStatus } from '../../core/job.ts';
import type { ServerCalls } from '../client/client.ts';
import { describeInTurn, listChildren } from '../watch/array-children.ts';
import { type EndedJob, recordedLine } from './recorded-job.ts';
import { queuesOf } from './server-environment.ts';

/** What a server's jobs have done, as a workload. */
export interface ServerHistory {
  /** Of a workload of JSON lines. */
  readonly lines: readonly string[];
  /** Jobs that were left out, by why. */
  readonly dropped: Readonly<Record<string, number>>;
}

const ended = ['SUCCEEDED', 'FAILED'] as const satisfies readonly TerminalStatus[];

/** All jobs of a server that have ended and that it still knows, in the order in which they were submitted. */
export async function serverHistory(client: ServerCalls): Promise<ServerHistory> {
  const jobs: EndedJob[] = [];
  for await (const { jobQueueArn: queue = '' } of queuesOf(client)) {
    for (const status of ended) for await (const job of endedJobs(client, queue, status)) jobs.push(job);
  }
  jobs.sort((a, b) => order(a.job, b.job));
  return linesOf(jobs);
}

/** Ids sort by time, as jobs of one millisecond were submitted. */
function order(a: JobDetail, b: JobDetail): number {
  const [first = '', second = ''] = [a.jobId, b.jobId];
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || (first < second ? -1 : 1);
}

function linesOf(jobs: readonly EndedJob[]): ServerHistory {
  const begin = jobs[0]?.job.createdAt ?? 0;
  const known = new Set<string>();
  const dropped: Record<string, number> = {};
  const lines = [JSON.stringify({ formatVersion: 1 })];
  for (const job of jobs) {
    const line = recordedLine(job, begin, known);
    if (typeof line === 'string') dropped[line] = (dropped[line] ?? 0) + 1;
    else {
      lines.push(JSON.stringify(line));
      known.add(job.job.jobId ?? '');
    }
  }
  return { lines, dropped };
}

async function* endedJobs(
  client: ServerCalls,
  jobQueue: string,
  jobStatus: TerminalStatus,
): AsyncGenerator<EndedJob, void> {
  let nextToken: string | undefined;
  do {
    const page = await client.batch('ListJobs', {
      ...{ jobQueue, jobStatus },
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const ids = (page.jobSummaryList ?? []).flatMap(({ jobId }) => jobId ?? []);
    for await (const jobs of describeInTurn(client, ids))
      for (const job of jobs) yield { job, children: await childrenOf(client, job) };
    nextToken = page.nextToken;
  } while (nextToken);
}

async function childrenOf(
  client: ServerCalls,
  { jobId = '', arrayProperties }: JobDetail,
): Promise<readonly JobDetail[]> {
  if (!arrayProperties) return [];
  const children: JobDetail[] = [];
  for (const status of ended)
    for await (const page of listChildren(client, jobId, status)) {
      const ids = page.flatMap((child) => child.jobId ?? []);
      for await (const described of describeInTurn(client, ids)) children.push(...described);
    }
  return children;
}
