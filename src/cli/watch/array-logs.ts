import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import type { JobStatus } from '../../core/job.ts';
import type { Client } from '../client/client.ts';
import { describeInTurn, listChildren } from './array-children.ts';
import type { LogSelection } from './job-logs.ts';
import { logStreamsOf } from './log-streams.ts';
import { type ChildLine, type ChildStream, storedLines } from './stored-lines.ts';
import { type Ask, once } from './watch.ts';

/** Children that may have written something; those that wait have if they were tried before. */
const everyStatus = ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;

/** What the children of an array have written so far, by time. */
export async function* arrayLines(
  client: Client,
  arrayJobId: string,
  selection: LogSelection,
): AsyncGenerator<ChildLine, void> {
  const children = await childrenOf(client, arrayJobId, everyStatus);
  yield* linesOf(client, children, selection, once);
}

/** What these children have written so far, by time. */
export async function* linesOf(
  client: Client,
  children: readonly JobSummary[],
  { attempt: only, since }: LogSelection,
  ask: Ask,
): AsyncGenerator<ChildLine, void> {
  const streams: ChildStream[] = [];
  const ids = children.filter(hasRun).flatMap(({ jobId }) => jobId ?? []);
  for await (const details of describeInTurn(client, ids, ask)) {
    streams.push(...details.flatMap(childStreams).filter(({ attempt }) => only === undefined || attempt === only));
  }
  yield* storedLines(client, streams, since, ask);
}

function childStreams(child: JobDetail): readonly ChildStream[] {
  const of = { index: child.arrayProperties?.index ?? 0, jobId: child.jobId ?? '' };
  return logStreamsOf(child).map((stream) => ({ ...stream, ...of }));
}

/** The children that are in one of the states. */
export async function childrenOf(client: Client, arrayJobId: string, statuses: readonly JobStatus[], ask?: Ask) {
  const pages = statuses.map((status) => Array.fromAsync(listChildren(client, arrayJobId, status, ask)));
  return (await Promise.all(pages)).flat(2);
}

/** Whether there was an attempt at it. */
export function hasRun({ container, startedAt }: JobSummary): boolean {
  return container !== undefined || startedAt !== undefined;
}
