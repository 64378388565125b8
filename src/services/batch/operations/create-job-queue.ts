import type { CreateJobQueueCommandInput, CreateJobQueueCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { isName, jobQueueArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type JobQueueRecord, jobQueueRecords } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { checkImpossibleTag } from '../resources/impossible-jobs.ts';
import { queuePartsAccess } from '../resources/queue-access.ts';
import { namedPolicy, newDecays } from '../resources/queue-policy.ts';
import { eitherOrder, resolveEnvironmentOrder } from '../resources/queue-rules.ts';
import { checkQuotaManagement, resolveServiceOrder } from '../resources/service-environment.ts';
import { checkTimeLimitActions, computeLimits, serviceLimits } from '../resources/time-limits.ts';
import type { BatchRuntime } from '../runtime.ts';
import { createJobQueue as schema } from '../schemas/job-queue.ts';
import { queuePlatform } from '../submission/target.ts';
import { checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';
import { jobQueueTypes } from '../views/job-queue.ts';

type Input = z.infer<typeof schema>;

/** Creates a job queue: CREATING until that is durable, then VALID. Spec 03 §9. */
export const createJobQueue = batchOperation<CreateJobQueueCommandInput, CreateJobQueueCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access,
  handler: (runtime, input, context) => {
    const { ledger, quotas, settling } = runtime;
    checkInput(runtime, input);
    const scope = scopeOf(context);
    refuseIfTaken(runtime, scope, input.jobQueueName);
    const limit = quotas.computeEnvironmentsPerQueue;
    const order = input.serviceEnvironmentOrder
      ? { serviceEnvironmentOrder: resolveServiceOrder(ledger, scope, input.serviceEnvironmentOrder) }
      : { computeEnvironmentOrder: resolveEnvironmentOrder(ledger, scope, input.computeEnvironmentOrder, limit) };
    const policy = namedPolicy(ledger, scope, input.schedulingPolicyArn);
    const record = {
      ...newRecord(runtime, scope, input, order),
      ...(policy && { schedulingPolicyArn: policy.arn, decays: newDecays(policy) }),
    };
    checkType(runtime, record, input.jobQueueType);
    checkQuotaManagement(ledger, record, policy);
    ledger.transact((transaction) => settling.putQueue(transaction, record));
    return { jobQueueName: record.name, jobQueueArn: record.arn };
  },
});

function access(input: Unvalidated<Input>, context: RequestContext, { ledger }: BatchRuntime): AccessRequest[] {
  const given = requestTagConditions(input.tags);
  const queue = jobQueueArn(context, textOf(input.jobQueueName) ?? '*');
  const others = queuePartsAccess(input, context, ledger).map(({ resource, tags }) => ({
    action: 'batch:CreateJobQueue',
    resource,
    conditions: { ...given, ...tags },
  }));
  const own = { action: 'batch:CreateJobQueue', resource: queue, conditions: given };
  return [own, ...others, ...tagOnCreate(queue, input.tags)];
}

/** The words of a name and a type: cdk-preflight; of a priority, and of quotas below, none are reported of AWS. */
function checkInput({ quotas }: BatchRuntime, input: Input): void {
  demand(isName(input.jobQueueName), 'Job Queue name should match a valid pattern.');
  const isOfTraining = input.jobQueueType === 'SAGEMAKER_TRAINING';
  const hasServices = input.serviceEnvironmentOrder !== undefined;
  demand(hasServices || !isOfTraining, 'Job queues of type SAGEMAKER_TRAINING must have serviceEnvironmentOrder.');
  demand(!hasServices || !input.computeEnvironmentOrder?.length, eitherOrder);
  demand(input.priority >= 0, 'Priority must not be negative.');
  checkTimeLimitActions(input.jobStateTimeLimitActions, hasServices ? serviceLimits : computeLimits);
  checkTags(input.tags, quotas.tagsPerResource);
  checkImpossibleTag(input.tags);
}

function refuseIfTaken({ ledger, quotas }: BatchRuntime, scope: Scope, name: string): void {
  if (ledger.get(jobQueueRecords, scope, name)) refuseTaken();
  if (ledger.count(jobQueueRecords, scope) < quotas.jobQueues) return;
  refuse(`Maximum number of job queues (${quotas.jobQueues}) reached.`);
}

/** The words: cdk-preflight, of a queue with service environments; of one with compute environments worded after those. */
function checkType({ ledger }: BatchRuntime, record: JobQueueRecord, wanted: Input['jobQueueType']): void {
  if (wanted === undefined || wanted === jobQueueTypes[queuePlatform(ledger, record)]) return;
  const order = record.serviceEnvironmentOrder ? 'serviceEnvironmentOrder' : 'computeEnvironmentOrder';
  refuse(`The jobQueueType provided is ${wanted}, which is incompatible with the provided ${order}.`);
}

function newRecord(
  { clock }: BatchRuntime,
  scope: Scope,
  input: Input,
  order: Pick<Partial<JobQueueRecord>, 'computeEnvironmentOrder' | 'serviceEnvironmentOrder'>,
): JobQueueRecord {
  return {
    ...scope,
    name: input.jobQueueName,
    arn: jobQueueArn(scope, input.jobQueueName),
    state: input.state ?? 'ENABLED',
    status: 'CREATING',
    statusReason: 'JobQueue being created',
    priority: input.priority,
    computeEnvironmentOrder: [],
    ...order,
    jobStateTimeLimitActions: input.jobStateTimeLimitActions ?? [],
    tags: input.tags ?? {},
    createdAt: clock.now(),
  };
}
