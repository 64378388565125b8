import type { JobSummary } from '@aws-sdk/client-batch';
import { z } from 'zod';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { type JobStatus, jobStatuses, type ResourceRequest } from '../../../core/job.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import type { Operation, RequestContext } from '../../../core/operation.ts';
import type { JobListPlace } from '../../../store/index.ts';
import { withCounts } from '../child-counts.ts';
import { findJobQueue } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { formatToken, pageSize, parseToken } from '../page.ts';
import { jobQueueRecords } from '../records.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { integer } from '../schema-members.ts';
import { type JobSearch, searchSteps } from '../search/job-search.ts';
import { listedJob } from '../shown-jobs.ts';
import { attemptsOf } from '../views/attempts.ts';
import { jobSummary, waitingText } from '../views/job.ts';

/** As `JobSearch`; queues by name or ARN, all of the region if none is named. */
export interface SearchedFor extends Omit<JobSearch, 'queues'> {
  readonly queues?: readonly string[] | undefined;
  readonly nextToken?: string | undefined;
}

export interface SearchJobsInput extends SearchedFor {
  /** @default 50, at most 100 */
  readonly maxResults?: number | undefined;
}

/** A job as ListJobs shows it, and what else one asks about. */
export interface SearchedJob extends JobSummary {
  readonly jobQueue: string;
  /** By a child of an array each, by all nodes of a multi-node job together. */
  readonly asked: Pick<ResourceRequest, 'vcpus' | 'memoryMiB' | 'gpus'>;
  readonly attempts: number;
  /** The most memory that an attempt that has ended held at once. */
  readonly peakMemoryBytes?: number;
  /** ARN of who submitted it. */
  readonly submittedBy?: string;
}

export interface SearchJobsOutput {
  /** Newest first. */
  readonly jobs: readonly SearchedJob[];
  /** Absent when all was looked at. A page may be short, or empty, and have one. */
  readonly nextToken?: string;
  /** Until when jobs were looked at that were created then or later; absent when all were. */
  readonly searchedTo?: EpochMilliseconds;
}

export interface CountJobsOutput {
  /** Of the jobs that were looked at; an array is one. */
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  /** Absent when all was looked at: else the counts of what follows are to be added. */
  readonly nextToken?: string;
  readonly searchedTo?: EpochMilliseconds;
}

const longest = 512;
const text = z.string().max(longest).optional();
const time = z.int().optional();

const searched = {
  queues: z.array(z.string()).max(100).optional(),
  statuses: z.array(z.enum(jobStatuses)).max(jobStatuses.length).optional(),
  name: text,
  definition: text,
  share: text,
  createdAfter: time,
  createdBefore: time,
  stoppedAfter: time,
  stoppedBefore: time,
  tag: z.object({ key: z.string().max(longest), value: text }).optional(),
  exitCode: integer.optional(),
  submittedBy: text,
  instance: text,
  reason: text,
  nextToken: z.string().optional(),
};

const pageLimit = 100;
const usualPage = 50;
/** Queues of one search: each is read. */
const mostQueues = 100;
/** Each looks at some 125 jobs. */
const steps = { search: 4, count: 16 };

/**
 * Looks for jobs in all queues or some, by any conditions together, newest first. Reads a bounded number of jobs: a page may be short,
 * and says how far it looked.
 */
export function searchJobs(runtime: BatchRuntime): Operation<SearchJobsInput, SearchJobsOutput> {
  return batchyardOperation<SearchJobsInput, SearchJobsOutput>(runtime, {
    schema: z.object({ ...searched, maxResults: integer.optional() }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:SearchJobs', resource: '*' }],
    handler: async ({ maxResults, nextToken, ...asked }, context) => {
      const limit = pageSize(maxResults ?? usualPage, pageLimit);
      const search = { ...asked, queues: queuesOf(runtime, context, asked.queues) };
      const after = placeOf('SearchJobs', nextToken);
      const { jobs, next } = await searchSteps(runtime.store.reads, search, { after, limit, steps: steps.search });
      return { jobs: await shown(runtime, context, jobs, asked.statuses), ...continued('SearchJobs', next) };
    },
  });
}

/** How many jobs there are of what `searchJobs` looks for, by status: of a bounded number, with a token for those that follow. */
export function countJobs(runtime: BatchRuntime): Operation<SearchedFor, CountJobsOutput> {
  return batchyardOperation<SearchedFor, CountJobsOutput>(runtime, {
    schema: z.object(searched),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:CountJobs', resource: '*' }],
    handler: async ({ nextToken, ...asked }, context) => {
      const search = { ...asked, queues: queuesOf(runtime, context, asked.queues) };
      const byStatus = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Record<JobStatus, number>;
      const page = { after: placeOf('CountJobs', nextToken), limit: Number.MAX_SAFE_INTEGER, steps: steps.count };
      const { jobs, next } = await searchSteps(runtime.store.reads, search, page);
      for (const { state } of jobs) byStatus[state.status] += 1;
      return { byStatus, ...continued('CountJobs', next) };
    },
  });
}

function queuesOf(
  { ledger }: BatchRuntime,
  context: RequestContext,
  named: readonly string[] | undefined,
): readonly string[] {
  if (named && named.length > 0) {
    const arns = named.map(
      (each) => (findJobQueue(ledger, context, each) ?? refuse(`JobQueue ${each} not found.`)).arn,
    );
    return [...new Set(arns)];
  }
  const all = ledger.list(jobQueueRecords, context).filter(({ serviceEnvironmentOrder }) => !serviceEnvironmentOrder);
  demand(all.length <= mostQueues, `There are ${all.length} job queues: name at most ${mostQueues} to search.`);
  return all.map(({ arn }) => arn);
}

async function shown(
  { store, yard }: BatchRuntime,
  context: RequestContext,
  records: readonly JobRecord[],
  statuses: readonly JobStatus[] | undefined,
): Promise<readonly SearchedJob[]> {
  const counted = await withCounts(store.reads, yard, context, records.map(listedJob));
  const at = yard.schedulingTime();
  // An array that has ended since is not of the statuses that were asked for.
  return counted
    .filter(({ state }) => statuses === undefined || statuses.includes(state.status))
    .map((job) => ({ ...jobSummary(job, waitingText(yard, job, at)), ...alsoShown(job.record) }));
}

function alsoShown({ jobQueueArn, resources, state, submittedBy }: JobRecord) {
  const { vcpus, memoryMiB, gpus } = resources;
  const attempts = attemptsOf(state);
  const peaks = attempts.map(({ containers }) =>
    containers.reduce((sum, { peakMemoryBytes = 0 }) => sum + peakMemoryBytes, 0),
  );
  const peakMemoryBytes = Math.max(0, ...peaks);
  return {
    jobQueue: jobQueueArn,
    asked: { vcpus, memoryMiB, gpus },
    attempts: attempts.length,
    ...(peakMemoryBytes > 0 && { peakMemoryBytes }),
    ...(submittedBy && { submittedBy: submittedBy.principal }),
  };
}

function placeOf(kind: string, token: string | undefined): JobListPlace | undefined {
  if (token === undefined) return undefined;
  const { createdAt, number } = parseToken(kind, token);
  if (typeof createdAt !== 'number' || typeof number !== 'number') return invalid('Invalid nextToken');
  return { createdAt, number };
}

function continued(kind: string, next: JobListPlace | undefined) {
  return next ? { nextToken: formatToken(kind, { ...next }), searchedTo: next.createdAt } : {};
}
