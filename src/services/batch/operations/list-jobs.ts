import type { ListJobsCommandInput, ListJobsCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import type { JobListQuery } from '../../../store/index.ts';
import { findJobQueue } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { formatToken, pageSize, parseToken } from '../page.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { listJobs as schema } from '../schemas/job.ts';
import { jobSummary, waitingText } from '../views/job.ts';

type Input = z.infer<typeof schema>;
type Filter = Pick<JobListQuery, 'jobName' | 'jobDefinition' | 'shareIdentifier' | 'createdBefore' | 'createdAfter'>;

const tokenKind = 'ListJobs';
const pageLimits = { byStatus: 1000, byFilter: 100 };

/** Lists the jobs of a queue, newest first, by status or by one filter. */
export const listJobs = batchOperation<ListJobsCommandInput, ListJobsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListJobs'),
  handler: async (runtime, input, context) => {
    checkTarget(input);
    // No job of this version has children: an array or node list is always empty.
    if (input.jobQueue === undefined) return { jobSummaryList: [], nextToken: undefined };
    const query = listQuery(runtime, input.jobQueue, input, context);
    const { jobs, next } = await runtime.store.reads.listJobs(query);
    return {
      jobSummaryList: jobs.map((record) => jobSummary(record, waitingText(runtime.yard, record))),
      nextToken: next && formatToken(tokenKind, { ...next }),
    };
  },
});

/** No words are reported of AWS. */
function checkTarget({ jobQueue, arrayJobId, multiNodeJobId }: Input): void {
  const given = [jobQueue, arrayJobId, multiNodeJobId].filter(Boolean).length;
  demand(given === 1, 'Exactly one of jobQueue, arrayJobId or multiNodeJobId must be specified.');
}

function listQuery({ ledger }: BatchRuntime, jobQueue: string, input: Input, context: RequestContext): JobListQuery {
  const queue = findJobQueue(ledger, context, jobQueue);
  if (!queue) return refuse(`JobQueue ${jobQueue} not found.`);
  const filter = readFilter(input.filters);
  const limit = pageSize(input.maxResults, filter ? pageLimits.byFilter : pageLimits.byStatus);
  return {
    jobQueueArn: queue.arn,
    ...statuses(input, filter),
    ...filter,
    ...(input.nextToken === undefined ? {} : { after: readToken(input.nextToken) }),
    limit,
  };
}

/** RUNNING unless said otherwise; a filter looks at every status, and only a share identifier goes with one. */
function statuses({ jobStatus }: Input, filter: Filter | undefined): Pick<JobListQuery, 'statuses'> {
  if (!filter) return { statuses: [jobStatus ?? 'RUNNING'] };
  return filter.shareIdentifier !== undefined && jobStatus ? { statuses: [jobStatus] } : {};
}

/** How each filter is asked of the store. Wildcards are the store's business: a trailing `*`. */
const filters: Readonly<Record<string, (value: string) => Filter>> = {
  JOB_NAME: (value) => ({ jobName: value }),
  JOB_DEFINITION: (value) => {
    const wild = value.startsWith('arn:') && value.endsWith('*');
    demand(!wild, 'An asterisk is not supported in the ARN of filter JOB_DEFINITION.');
    return { jobDefinition: value };
  },
  BEFORE_CREATED_AT: (value) => ({ createdBefore: epochMilliseconds(value) }),
  AFTER_CREATED_AT: (value) => ({ createdAfter: epochMilliseconds(value) }),
  SHARE_IDENTIFIER: (value) => ({ shareIdentifier: value }),
};

/** The words: boto/boto3 issue 3978 and aws/aws-cli issue 7982; of names, times and no value at all none are reported. */
function readFilter(given: Input['filters']): Filter | undefined {
  if (!given || given.length === 0) return undefined;
  demand(given.length === 1, 'Only one filter key-value pair can be specified.');
  const { name = '', values = [] } = given[0] ?? {};
  const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
  demand(read, `Filter name is not valid: ${name}. Valid names: [${Object.keys(filters).join(', ')}]`);
  const [value] = values;
  demand(values.length <= 1, 'Filter cannot take more than one value.');
  demand(value !== undefined, `Filter ${name} must have a value.`);
  return read(value);
}

function epochMilliseconds(value: string): number {
  return /^\d{1,15}$/.test(value) ? Number(value) : invalid(`Filter value is not a time in milliseconds: ${value}`);
}

function readToken(token: string): NonNullable<JobListQuery['after']> {
  const { createdAt, number } = parseToken(tokenKind, token);
  if (typeof createdAt !== 'number' || typeof number !== 'number') return invalid('Invalid nextToken');
  return { createdAt, number };
}
