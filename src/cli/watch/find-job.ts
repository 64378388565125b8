import type { JobSummary } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { CommandError, UsageError } from '../invocation.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * The id of the job that a user means: an id as it is, a name stands for the newest job of that name in any queue, and
 * `name:3` or `name#3` for a child or a node of that.
 */
export async function findJobId(client: Client, reference: string): Promise<string> {
  const [, name, part] = /^([^:#]+)([:#]\d+)$/.exec(reference) ?? [];
  if (name !== undefined && !uuid.test(name)) return `${await findJobId(client, name)}${part}`;
  if (reference.trim() === '') throw new UsageError('name a job: its id, or its name for the newest of that name');
  if (uuid.test(reference)) return reference;
  const filters = [{ name: 'JOB_NAME', values: [reference] }];
  const queues = await listQueueNames(client);
  const pages = await Promise.all(
    queues.map((jobQueue) => client.batch('ListJobs', { jobQueue, filters, maxResults: 1 })),
  );
  const newest = newestFirst(pages.flatMap((page) => page.jobSummaryList ?? []))[0];
  if (newest?.jobId) return newest.jobId;
  throw new CommandError(`there is no job with the id or name ${reference} in region ${client.region}`);
}

/** The names of all job queues. */
export async function listQueueNames(client: Client): Promise<readonly string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.batch('DescribeJobQueues', { ...(nextToken && { nextToken }) });
    names.push(...(page.jobQueues ?? []).flatMap(({ jobQueueName }) => jobQueueName ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

export function newestFirst<Job extends JobSummary>(jobs: readonly Job[]): readonly Job[] {
  return [...jobs].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}
