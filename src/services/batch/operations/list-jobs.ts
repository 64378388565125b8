import type { ListJobsCommandInput, ListJobsCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import type { JobId } from '../../../core/ids.ts';
import type { RequestContext } from '../../../core/operation.ts';
import type { JobListQuery } from '../../../store/index.ts';
import { type CountedJob, withCounts } from '../child-counts.ts';
import { findJobQueue, isJobId } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { formatToken, type PageKey, pageSize, parseToken } from '../page.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import { type ListFilters, readFilter } from '../resources/list-filter.ts';
import type { BatchRuntime } from '../runtime.ts';
import { listJobs as schema } from '../schemas/job.ts';
import { type ListedJob, listChildren, listedJob } from '../shown-jobs.ts';
import { listNodes } from '../shown-nodes.ts';
import { jobSummary, waitingText } from '../views/job.ts';

type Input = z.infer<typeof schema>;
type Filter = Pick<JobListQuery, 'jobName' | 'jobDefinition' | 'shareIdentifier' | 'createdBefore' | 'createdAfter'>;

const tokenKind = 'ListJobs';
const pageLimits = { byStatus: 1000, byFilter: 100 };

/**
 * Lists the jobs of a queue, newest first, by status or by one filter; or the children of an array, or the nodes of a multi-node
 * job, that have a status, by index.
 */
export const listJobs = batchOperation<ListJobsCommandInput, ListJobsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListJobs'),
  handler: async (runtime, input, context) => {
    checkTarget(input);
    const { jobs, next } = await pageOf(runtime, input, context);
    const at = runtime.yard.schedulingTime();
    return {
      jobSummaryList: jobs.map((job) => jobSummary(job, waitingText(runtime.yard, job, at))),
      nextToken: next && formatToken(tokenKind, { ...next }),
    };
  },
});

interface Listed {
  readonly jobs: readonly CountedJob<ListedJob>[];
  readonly next?: PageKey | undefined;
}

async function pageOf(runtime: BatchRuntime, input: Input, context: RequestContext): Promise<Listed> {
  const { reads } = runtime.store;
  if (input.arrayJobId) return childrenOf(runtime, input.arrayJobId, input, context);
  if (input.multiNodeJobId) return nodesOf(runtime, input.multiNodeJobId, input, context);
  if (!input.jobQueue) return { jobs: [] };
  const query = listQuery(runtime, input.jobQueue, input, context);
  const { jobs, next } = await reads.listJobs(query);
  const counted = await withCounts(reads, runtime.yard, context, jobs.map(listedJob));
  // An array that has ended since is no longer of a list of those that have not.
  return {
    jobs: counted.filter(({ state }) => query.statuses?.includes(state.status) ?? true),
    next: next && { ...next },
  };
}

/** Filters do not apply to children. */
async function childrenOf(
  { store }: BatchRuntime,
  arrayJobId: string,
  { jobStatus, nextToken, maxResults }: Input,
  context: RequestContext,
): Promise<Listed> {
  const limit = pageSize(maxResults, pageLimits.byStatus);
  const after = nextToken === undefined ? {} : { after: readChildToken(nextToken) };
  if (!isJobId(arrayJobId)) return { jobs: [] };
  const query = { arrayJobId: arrayJobId as JobId, status: jobStatus ?? 'RUNNING', ...after, limit } as const;
  const { children, next } = await listChildren(store.reads, context, query);
  return { jobs: children, next: next === undefined ? undefined : { index: next } };
}

/** The same of nodes. */
async function nodesOf(
  { store }: BatchRuntime,
  multiNodeJobId: string,
  { jobStatus, nextToken, maxResults }: Input,
  context: RequestContext,
): Promise<Listed> {
  const limit = pageSize(maxResults, pageLimits.byStatus);
  const after = nextToken === undefined ? {} : { after: readChildToken(nextToken) };
  if (!isJobId(multiNodeJobId)) return { jobs: [] };
  const query = { multiNodeJobId: multiNodeJobId as JobId, status: jobStatus ?? 'RUNNING', ...after, limit } as const;
  const { nodes, next } = await listNodes(store.reads, context, query);
  return { jobs: nodes, next: next === undefined ? undefined : { index: next } };
}

function readChildToken(token: string): number {
  const { index } = parseToken(tokenKind, token);
  const isIndex = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0;
  return isIndex ? index : invalid('Invalid nextToken');
}

/** No words are reported of AWS. */
function checkTarget({ jobQueue, arrayJobId, multiNodeJobId }: Input): void {
  const given = [jobQueue, arrayJobId, multiNodeJobId].filter(Boolean).length;
  demand(given === 1, 'Exactly one of jobQueue, arrayJobId or multiNodeJobId must be specified.');
}

function listQuery({ ledger }: BatchRuntime, jobQueue: string, input: Input, context: RequestContext): JobListQuery {
  const queue = findJobQueue(ledger, context, jobQueue);
  if (!queue) return refuse(`JobQueue ${jobQueue} not found.`);
  const filter = readFilter(input.filters, filters);
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
const filters: ListFilters<Filter> = {
  JOB_NAME: (value) => ({ jobName: value }),
  JOB_DEFINITION: (value) => {
    const wild = value.startsWith('arn:') && value.endsWith('*');
    demand(!wild, 'An asterisk is not supported in the ARN of filter JOB_DEFINITION.');
    return { jobDefinition: value };
  },
  BEFORE_CREATED_AT: (value, milliseconds) => ({ createdBefore: milliseconds(value) }),
  AFTER_CREATED_AT: (value, milliseconds) => ({ createdAfter: milliseconds(value) }),
  SHARE_IDENTIFIER: (value) => ({ shareIdentifier: value }),
};

function readToken(token: string): NonNullable<JobListQuery['after']> {
  const { createdAt, number } = parseToken(tokenKind, token);
  if (typeof createdAt !== 'number' || typeof number !== 'number') return invalid('Invalid nextToken');
  return { createdAt, number };
}
