import type { ListServiceJobsCommandInput, ListServiceJobsCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import type { ServiceJobListQuery, ServiceJobStatus } from '../../../store/index.ts';
import { findJobQueue } from '../names.ts';
import { anyResource, batchOperation } from '../operation.ts';
import { formatToken, pageSize, parseToken } from '../page.ts';
import { demand, invalid, refuse } from '../refusals.ts';
import { type ListFilters, readFilter } from '../resources/list-filter.ts';
import type { BatchRuntime } from '../runtime.ts';
import { listServiceJobs as schema } from '../schemas/service-job.ts';
import { serviceJobSummary } from '../service-jobs/view.ts';

type Input = z.infer<typeof schema>;
type Filter = Pick<
  ServiceJobListQuery,
  'jobName' | 'shareIdentifier' | 'quotaShareName' | 'createdBefore' | 'createdAfter'
>;

const tokenKind = 'ListServiceJobs';
const pageLimit = 100;

/** Lists the service jobs of a queue, newest first, by status or by one filter. */
export const listServiceJobs = batchOperation<ListServiceJobsCommandInput, ListServiceJobsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListServiceJobs'),
  handler: async (runtime, input, context) => {
    const { jobs, next } = await runtime.store.reads.listServiceJobs(listQuery(runtime, input, context));
    return {
      jobSummaryList: jobs.map((job) => serviceJobSummary(runtime.ledger, job)),
      nextToken: next && formatToken(tokenKind, { ...next }),
    };
  },
});

/** Words as of ListJobs. */
function listQuery({ ledger }: BatchRuntime, input: Input, context: RequestContext): ServiceJobListQuery {
  const { jobQueue, jobStatus, nextToken } = input;
  demand(jobQueue, 'jobQueue must be specified.');
  const queue = findJobQueue(ledger, context, jobQueue);
  if (!queue) return refuse(`JobQueue ${jobQueue} not found.`);
  const filter = readFilter(input.filters, filters);
  return {
    jobQueueArn: queue.arn,
    ...statuses(jobStatus, filter),
    ...filter,
    ...(nextToken === undefined ? {} : { after: readToken(nextToken) }),
    limit: pageSize(input.maxResults, pageLimit),
  };
}

/** RUNNING unless said otherwise; a filter looks at every status, and only whose a job is goes with one. */
function statuses(status: Input['jobStatus'], filter: Filter | undefined): Pick<ServiceJobListQuery, 'statuses'> {
  const isOfShare = filter?.shareIdentifier !== undefined || filter?.quotaShareName !== undefined;
  if (filter && !(isOfShare && status)) return {};
  return { statuses: stored(status ?? 'RUNNING') };
}

/** No service job is ever anything else here. */
function stored(status: NonNullable<Input['jobStatus']>): readonly ServiceJobStatus[] {
  return status === 'RUNNABLE' || status === 'FAILED' ? [status] : [];
}

const filters: ListFilters<Filter> = {
  JOB_NAME: (value) => ({ jobName: value }),
  BEFORE_CREATED_AT: (value, milliseconds) => ({ createdBefore: milliseconds(value) }),
  AFTER_CREATED_AT: (value, milliseconds) => ({ createdAfter: milliseconds(value) }),
  SHARE_IDENTIFIER: (value) => ({ shareIdentifier: value }),
  QUOTA_SHARE_NAME: (value) => ({ quotaShareName: value }),
};

function readToken(token: string): NonNullable<ServiceJobListQuery['after']> {
  const { createdAt, number } = parseToken(tokenKind, token);
  if (typeof createdAt !== 'number' || typeof number !== 'number') return invalid('Invalid nextToken');
  return { createdAt, number };
}
