import type { JobQueueDetail, JobSummary } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { CommandError, UsageError } from '../invocation.ts';
import { isOfServiceJobs } from './service-jobs.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * The id of the job that a user means: an id as it is, a name stands for the newest job of that name in any queue, and
 * `name:3` or `name#3` for a child or a node of that.
 */
export async function findJobId(client: Client, reference: string): Promise<string> {
  const [, name, part] = /^([^:#]+)([:#]\d+)$/.exec(reference) ?? [];
  if (name !== undefined && !uuid.test(name)) return `${await findJobId(client, name)}${part}`;
  return newestOf(client, reference, ['ListJobs']);
}

/** The same where service jobs count too: the newest of both. */
export function findAnyJobId(client: Client, reference: string): Promise<string> {
  const isPart = /[:#]\d+$/.test(reference);
  return isPart ? findJobId(client, reference) : newestOf(client, reference, ['ListJobs', 'ListServiceJobs']);
}

type Found = Pick<JobSummary, 'createdAt' | 'jobId'>;

async function newestOf(
  client: Client,
  reference: string,
  lists: readonly ('ListJobs' | 'ListServiceJobs')[],
): Promise<string> {
  if (reference.trim() === '') throw new UsageError('name a job: its id, or its name for the newest of that name');
  if (uuid.test(reference)) return reference;
  const filters = [{ name: 'JOB_NAME', values: [reference] }];
  const queues = await listQueues(client);
  const pages = await Promise.all(
    queues.flatMap((queue) => {
      // What a queue never has nobody need be allowed to list.
      const list = isOfServiceJobs(queue) ? 'ListServiceJobs' : 'ListJobs';
      const request = { jobQueue: queue.jobQueueName, filters, maxResults: 1 };
      return lists.includes(list) ? [client.batch(list, request)] : [];
    }),
  );
  const found: readonly Found[] = pages.flatMap(({ jobSummaryList = [] }): readonly Found[] => jobSummaryList);
  const newest = newestFirst(found)[0];
  if (newest?.jobId) return newest.jobId;
  throw new CommandError(`there is no job with the id or name ${reference} in region ${client.region}`);
}

/** All job queues. */
export async function listQueues(client: Client): Promise<readonly JobQueueDetail[]> {
  const queues: JobQueueDetail[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.batch('DescribeJobQueues', { ...(nextToken && { nextToken }) });
    queues.push(...(page.jobQueues ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return queues;
}

export function newestFirst<Job extends Pick<JobSummary, 'createdAt'>>(jobs: readonly Job[]): readonly Job[] {
  return [...jobs].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}
