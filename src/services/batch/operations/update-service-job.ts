import type { UpdateServiceJobCommandInput, UpdateServiceJobCommandOutput } from '@aws-sdk/client-batch';
import { numberOf } from '../../../core/unvalidated.ts';
import { checkSchedulingPriority } from '../definition/definition.ts';
import { jobAccess } from '../job-access.ts';
import { findJobQueue, isJobId, serviceJobArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import { updateServiceJob as schema } from '../schemas/service-job.ts';
import { ofServiceJobs } from '../service-jobs/access.ts';
import { changeServiceJob } from '../service-jobs/change.ts';
import { rankOf } from '../service-jobs/submission.ts';

/**
 * Changes how urgent a service job is; of a queue without policy that changes nothing. No words are reported of AWS of one that is not
 * there or has ended.
 */
export const updateServiceJob = batchOperation<UpdateServiceJobCommandInput, UpdateServiceJobCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: async ({ jobId, schedulingPriority }, context, runtime) => {
    const requests = await jobAccess(ofServiceJobs, 'UpdateServiceJob', runtime, context, jobId);
    const priority = numberOf(schedulingPriority);
    const own = priority === undefined ? {} : { 'batch:SchedulingPriority': String(priority) };
    return requests.map((request) => ({ ...request, conditions: { ...request.conditions, ...own } }));
  },
  handler: async (runtime, { jobId, schedulingPriority }, context) => {
    checkSchedulingPriority(schedulingPriority);
    const job =
      isJobId(jobId) &&
      (await changeServiceJob(runtime, context, jobId, (found) => {
        if (found.state.status === 'FAILED') refuse(`Service job ${jobId} has ended.`);
        const queue = findJobQueue(runtime.ledger, found, found.jobQueueArn);
        return { ...found, schedulingPriority, rank: queue ? rankOf(queue, schedulingPriority) : found.rank };
      }));
    if (!job) return refuse(`Service job ${jobId} not found.`);
    return { jobArn: serviceJobArn(job, job.jobId), jobName: job.jobName, jobId: job.jobId };
  },
});
