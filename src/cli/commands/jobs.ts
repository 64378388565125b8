import type { JobQueueDetail, JobSummary, ServiceJobSummary } from '@aws-sdk/client-batch';
import { nameOfArn } from '../../core/arn.ts';
import { type JobStatus, jobStatuses } from '../../core/job.ts';
import type { SearchedJob } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { type Column, formatTable } from '../output/table.ts';
import { listQueues, newestFirst } from '../watch/find-job.ts';
import { isOfServiceJobs } from '../watch/service-jobs.ts';
import { wholeNumber } from '../whole-number.ts';
import { countAll, isSearch, type SearchFlags, searchAll, searchOf } from './search-jobs.ts';

interface JobsFlags extends ConnectionFlags, SearchFlags {
  readonly queue?: readonly string[];
  readonly status?: readonly string[];
  readonly name?: string;
  readonly limit: string;
  readonly count?: boolean;
  readonly json?: boolean;
}

/** A job in the list, with the queue that it was found in. A service job has no container. */
type ListedJob = (JobSummary | (ServiceJobSummary & { readonly container?: undefined })) & {
  readonly jobQueue: string;
};

/** `batchyard jobs`: the newest jobs of all queues, service jobs among them, or of those that the filters leave. */
export async function jobs(invocation: Invocation, flags: JobsFlags): Promise<ExitCode> {
  const limit = wholeNumber('--limit', flags.limit, 1);
  const statuses = (flags.status ?? []).map(checkStatus);
  const client = connect(invocation, flags);
  try {
    if (flags.count || isSearch(flags)) {
      const { queue, name } = flags;
      const wanted = { queues: queue, name, ...(statuses.length > 0 && { statuses }), ...searchOf(invocation, flags) };
      if (flags.count) printCounts(invocation, await countAll(client, wanted), flags.json === true);
      else print(invocation, withQueueNames(await searchAll(client, wanted, limit)), flags.json === true);
      return 0;
    }
    const queues = await listQueues(client);
    const asked = flags.queue ?? queues.flatMap(({ jobQueueName }) => jobQueueName ?? []);
    const wanted = { name: flags.name, statuses, limit };
    const listed = await Promise.all(
      asked.map((queue) => listQueue(client, queue, { ...wanted, list: listOf(queues, queue) })),
    );
    print(invocation, newestFirst(listed.flat()).slice(0, limit), flags.json === true);
    return 0;
  } finally {
    client.close();
  }
}

function checkStatus(given: string): JobStatus {
  const status = jobStatuses.find((each) => each === given.toUpperCase());
  if (status) return status;
  throw new UsageError(`--status must be one of ${jobStatuses.join(', ')}, not ${given}`);
}

type List = 'ListJobs' | 'ListServiceJobs';

/** What lists the jobs of a queue, by its name or ARN. */
function listOf(queues: readonly JobQueueDetail[], queue: string): List {
  const found = queues.find(({ jobQueueName, jobQueueArn }) => queue === jobQueueName || queue === jobQueueArn);
  return found && isOfServiceJobs(found) ? 'ListServiceJobs' : 'ListJobs';
}

interface Wanted {
  readonly list: List;
  readonly name: string | undefined;
  readonly statuses: readonly string[];
  readonly limit: number;
}

/** Both lists take one filter: the name if there is one; statuses are then picked here. */
async function listQueue(
  client: Client,
  jobQueue: string,
  { list, name, statuses, limit }: Wanted,
): Promise<readonly ListedJob[]> {
  const filter =
    name === undefined ? { name: 'AFTER_CREATED_AT', values: ['0'] } : { name: 'JOB_NAME', values: [name] };
  const found: ListedJob[] = [];
  let nextToken: string | undefined;
  do {
    const request = { jobQueue, filters: [filter], maxResults: 100, ...(nextToken && { nextToken }) };
    const page = await client.batch(list, request);
    const summaries: readonly (JobSummary | ServiceJobSummary)[] = page.jobSummaryList ?? [];
    const wanted = summaries.filter(({ status = '' }) => statuses.length === 0 || statuses.includes(status));
    found.push(...wanted.map((job) => ({ ...job, jobQueue })));
    nextToken = page.nextToken;
  } while (nextToken && found.length < limit);
  return found;
}

function print(invocation: Invocation, listed: readonly ListedJob[], json: boolean): void {
  const printer = new Printer(invocation);
  if (json) {
    printer.json(listed);
    return;
  }
  const width = invocation.stdout.isTTY ? invocation.stdout.columns : undefined;
  const [head = '', ...rows] = formatTable(columnsFor(printer, invocation.clock.now()), listed, width);
  if (rows.length === 0) printer.note('No jobs.');
  else printer.line(printer.style('bold', head));
  for (const row of rows) printer.line(row);
}

function withQueueNames(found: readonly SearchedJob[]): readonly ListedJob[] {
  return found.map((job) => ({ ...job, jobQueue: nameOfArn(job.jobQueue) }));
}

/** A line for each status that a job has. */
function printCounts(invocation: Invocation, byStatus: Readonly<Record<string, number>>, json: boolean): void {
  const printer = new Printer(invocation);
  if (json) printer.json(byStatus);
  else for (const [status, count] of Object.entries(byStatus)) if (count > 0) printer.line(`${count}  ${status}`);
}

function columnsFor(printer: Printer, now: number): readonly Column<ListedJob>[] {
  return [
    { heading: 'JOB ID', text: (job) => job.jobId ?? '' },
    { heading: 'NAME', text: (job) => job.jobName ?? '' },
    { heading: 'QUEUE', text: (job) => job.jobQueue, yields: 1 },
    {
      heading: 'STATUS',
      text: (job) => job.status ?? '',
      style: (text, job) => printer.style(statusColour(job.status), text),
    },
    { heading: 'EXIT', text: (job) => String(job.container?.exitCode ?? '') },
    { heading: 'AGE', text: (job) => formatDuration(now - (job.createdAt ?? now)), yields: 3 },
    {
      heading: 'TOOK',
      text: (job) => (job.startedAt ? formatDuration((job.stoppedAt ?? now) - job.startedAt) : ''),
      yields: 2,
    },
    { heading: 'REASON', text: (job) => job.container?.reason ?? job.statusReason ?? '' },
  ];
}
