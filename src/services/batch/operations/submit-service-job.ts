import type { SubmitServiceJobCommandInput, SubmitServiceJobCommandOutput } from '@aws-sdk/client-batch';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { numberOf, textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import type { Remember } from '../idempotency.ts';
import { jobQueueArn, nameIn, quotaShareArn, serviceJobArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { refuse, refuseTooMany } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { type SubmitServiceJobInput, submitServiceJob as schema } from '../schemas/service-job.ts';
import { checkServiceInput, newServiceJob } from '../service-jobs/submission.ts';
import { requestTagConditions, tagOnCreate } from '../tags.ts';

type Output = Omit<SubmitServiceJobCommandOutput, '$metadata'>;

/** Takes a service job in. It waits RUNNABLE: nothing here runs it. Spec 09, 2025-07-29. */
export const submitServiceJob = batchOperation<SubmitServiceJobCommandInput, SubmitServiceJobCommandOutput>()({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['serviceRequestPayload'] },
  access,
  handler: (runtime, input, context) =>
    runtime.idempotency.run<Output>(context, 'SubmitServiceJob', input, (remember) => {
      if (!runtime.submitRate.take(context)) refuseTooMany();
      checkServiceInput(runtime, input);
      return submitOnce(runtime, input, context, remember);
    }),
});

function access(input: Unvalidated<SubmitServiceJobInput>, context: RequestContext): AccessRequest[] {
  const [share, priority] = [textOf(input.shareIdentifier), numberOf(input.schedulingPriority)];
  const conditions = {
    ...requestTagConditions(input.tags),
    ...(share === undefined ? {} : { 'batch:ShareIdentifier': share }),
    ...(priority === undefined ? {} : { 'batch:SchedulingPriority': String(priority) }),
  };
  const queue = nameIn(textOf(input.jobQueue) ?? '*');
  const quotaShare = textOf(input.quotaShareName);
  const shares = quotaShare === undefined ? [] : [quotaShareArn(context, queue, quotaShare)];
  const job = serviceJobArn(context, '*');
  const asked = [jobQueueArn(context, queue), ...shares, job].map((resource) => {
    return { action: 'batch:SubmitServiceJob', resource, conditions };
  });
  return [...asked, ...tagOnCreate(job, input.tags)];
}

/** The same request with the same token is refused the second time (reference of SubmitServiceJob); in words of ours. */
async function submitOnce(
  runtime: BatchRuntime,
  input: SubmitServiceJobInput,
  context: RequestContext,
  remember: Remember<Output>,
): Promise<Output> {
  const { clientToken } = input;
  if (clientToken === undefined) return submit(runtime, input, context, [remember]);
  let isFirst = false;
  const output = await runtime.idempotency.runOnce<Output>(
    context,
    'SubmitServiceJob',
    clientToken,
    input,
    (rememberToken) => {
      isFirst = true;
      return submit(runtime, input, context, [remember, rememberToken]);
    },
  );
  return isFirst ? output : refuse(`Service job ${output.jobId} was submitted with the same request and clientToken.`);
}

async function submit(
  runtime: BatchRuntime,
  input: SubmitServiceJobInput,
  context: RequestContext,
  remember: readonly Remember<Output>[],
): Promise<Output> {
  await refuseBeyondQuota(runtime, context);
  // Nothing is read from here on: what is found of the queue is so when the job is stored.
  const record = newServiceJob(runtime, context, input);
  const output = { jobArn: serviceJobArn(record, record.jobId), jobName: record.jobName, jobId: record.jobId };
  runtime.ledger.transact((transaction) => {
    transaction.add({ kind: 'serviceJob.insert', record, payload: input.serviceRequestPayload });
    const { account, region, jobId, state, createdAt: at } = record;
    runtime.facts.append(transaction, { account, region, kind: 'serviceJob', jobId, to: state.status, at });
    runtime.serviceHeads.submitted(transaction, record);
    for (const each of remember) each(transaction, output);
  });
  return output;
}

/** Worded as of jobs, with which they count. Those under way at once may pass together. */
async function refuseBeyondQuota({ store, yard, quotas }: BatchRuntime, context: RequestContext): Promise<void> {
  const { waiting } = await store.reads.serviceJobTotals(context);
  if (yard.waitingCount(context) + waiting < quotas.waitingJobs) return;
  refuse(`Maximum number of submitted jobs (${quotas.waitingJobs}) reached.`);
}
