import { z } from 'zod';
import type { AccessRequest, Operation, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { prepareJob, type SubmittedJob, access as submitAccess, taken } from '../operations/submit-job.ts';
import { refuse, refuseTooMany } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { integer, resourceRequirements } from '../schema-members.ts';
import { submitJob } from '../schemas/job.ts';
import { readJobs, type ShownJob } from '../shown-jobs.ts';
import { type RerunChanges, rerunOf } from '../submission/rerun.ts';
import { resourceTagConditions } from '../tags.ts';

export interface RerunJobInput extends RerunChanges {
  readonly jobId: string;
}

export interface RerunJobOutput extends SubmittedJob {
  /** How many children it has, of an array. */
  readonly size?: number;
}

const schema = z.object({
  jobId: z.string(),
  failed: z.boolean().optional(),
  jobDefinition: z.string().optional(),
  dependsOn: submitJob.shape.dependsOn,
  resourceRequirements: resourceRequirements.optional(),
  attempts: integer.optional(),
  timeoutSeconds: integer.optional(),
});

/**
 * Submits a job again as it was submitted, or a child of an array as a job of its own, or the children of an array that have
 * failed as an array. It is a submission like any other, and may be refused as one.
 */
export function rerunJob(runtime: BatchRuntime): Operation<RerunJobInput, RerunJobOutput> {
  return batchyardOperation<RerunJobInput, RerunJobOutput>(runtime, {
    schema,
    readOnly: false,
    audit: 'management',
    access: (input, context) => access(runtime, input, context),
    handler: (input, context) =>
      runtime.idempotency.run<RerunJobOutput>(context, 'RerunJob', input, async (remember) => {
        if (!runtime.submitRate.take(context)) refuseTooMany();
        const job = await read(runtime, context, input.jobId);
        if (!job) return refuse(`Job ${input.jobId} not found.`);
        const { reads } = runtime.store;
        const again = await rerunOf(reads, job, input, runtime.quotas.tagsPerResource);
        const { size } = again.input.arrayProperties ?? {};
        const ofArray = size === undefined ? {} : { size };
        const take = taken(runtime, (transaction, output) => remember(transaction, { ...output, ...ofArray }));
        return { ...(await prepareJob(runtime, { ...again, context, take })), ...ofArray };
      }),
  });
}

/** That job, and whatever submitting it asks for. */
async function access(
  runtime: BatchRuntime,
  { jobId, jobDefinition }: Unvalidated<RerunJobInput>,
  context: RequestContext,
): Promise<AccessRequest[]> {
  const named = textOf(jobId) ?? '*';
  const job = await read(runtime, context, named);
  const tags = job?.record.tags;
  const own = {
    action: 'batchyard:RerunJob',
    resource: jobArn(context, named),
    conditions: resourceTagConditions(tags),
  };
  if (!job) return [own];
  const { request } = job.specification;
  return [
    own,
    ...submitAccess(
      { ...request, tags, jobDefinition: textOf(jobDefinition) ?? job.record.jobDefinitionArn },
      context,
      runtime,
    ),
  ];
}

async function read({ store }: BatchRuntime, context: RequestContext, jobId: string): Promise<ShownJob | undefined> {
  return isJobId(jobId) ? (await readJobs(store.reads, context, [jobId]))[0] : undefined;
}
