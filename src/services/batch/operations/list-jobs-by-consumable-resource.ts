import type {
  ListJobsByConsumableResourceCommandInput,
  ListJobsByConsumableResourceCommandOutput,
  ListJobsByConsumableResourceSummary,
} from '@aws-sdk/client-batch';
import type { z } from 'zod';
import { jobStatuses } from '../../../core/job.ts';
import type { ConsumableJobsQuery } from '../../../store/index.ts';
import { jobArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { formatToken, pageSize, parseToken } from '../page.ts';
import { demand, invalid } from '../refusals.ts';
import { consumableAccess, existingConsumable } from '../resources/consumable-resource.ts';
import { readFilters } from '../resources/value-filters.ts';
import { listJobsByConsumableResource as schema } from '../schemas/consumable-resource.ts';
import { type ListedJob, listedJob } from '../shown-jobs.ts';
import { consumableProperties } from '../views/consumables.ts';
import { reasonOf, startedAt, waitingText } from '../views/job.ts';

const tokenKind = 'JobsByConsumableResource';
const pageLimit = 100;

/** Lists the jobs that need units of a consumable resource, newest first, whatever has become of them; an array is one. */
export const listJobsByConsumableResource = batchOperation<
  ListJobsByConsumableResourceCommandInput,
  ListJobsByConsumableResourceCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ consumableResource }, context, { ledger }) =>
    consumableAccess('ListJobsByConsumableResource', consumableResource, context, ledger),
  handler: async ({ ledger, store, yard }, input, context) => {
    const { arn } = existingConsumable(ledger, context, input.consumableResource);
    const { nextToken, maxResults } = input;
    const { jobs, next } = await store.reads.consumableJobs({
      consumableArn: arn,
      ...readQuery(input.filters),
      ...(nextToken === undefined ? {} : { after: readToken(nextToken) }),
      limit: pageSize(maxResults, pageLimit),
    });
    const shown = jobs.map(listedJob);
    const at = yard.schedulingTime();
    return {
      jobs: shown.map((job) => summaryOf(job, arn, waitingText(yard, job, at))),
      nextToken: next && formatToken(tokenKind, { ...next }),
    };
  },
});

function readQuery(given: z.infer<typeof schema>['filters']): Pick<ConsumableJobsQuery, 'statuses' | 'jobNames'> {
  const { JOB_STATUS: statuses, JOB_NAME: jobNames } = readFilters(given, ['JOB_STATUS', 'JOB_NAME']);
  const known = statuses?.map((text) => {
    const status = jobStatuses.find((one) => one === text);
    demand(status, `Job status is not valid: ${text}. Valid statuses: [${jobStatuses.join(', ')}]`);
    return status;
  });
  return { ...(known && { statuses: known }), ...(jobNames && { jobNames }) };
}

function readToken(token: string): NonNullable<ConsumableJobsQuery['after']> {
  const { createdAt, number } = parseToken(tokenKind, token);
  if (typeof createdAt !== 'number' || typeof number !== 'number') return invalid('Invalid nextToken');
  return { createdAt, number };
}

function summaryOf(job: ListedJob, arn: string, waits: string | undefined): ListJobsByConsumableResourceSummary {
  const { id, record, state } = job;
  const needed = record.resources.consumables?.find(({ resource }) => resource === arn);
  return {
    jobArn: jobArn(record, id),
    jobQueueArn: record.jobQueueArn,
    jobName: record.jobName,
    jobDefinitionArn: record.jobDefinitionArn,
    shareIdentifier: record.shareIdentifier,
    jobStatus: state.status,
    quantity: needed?.quantity ?? 0,
    statusReason: waits ?? reasonOf(state),
    startedAt: startedAt(state),
    createdAt: record.createdAt,
    consumableResourceProperties: consumableProperties(record) ?? {},
  };
}
