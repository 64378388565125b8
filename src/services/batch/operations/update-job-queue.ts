import type { UpdateJobQueueCommandInput, UpdateJobQueueCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { arnReferred, findJobQueue, findSchedulingPolicy, jobQueueArn, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { isBeingModified, type JobQueueRecord } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { queuePartsAccess } from '../resources/queue-access.ts';
import { replacedPolicy } from '../resources/queue-policy.ts';
import { eitherOrder, resolveEnvironmentOrder } from '../resources/queue-rules.ts';
import { checkQuotaManagement, resolveServiceOrder } from '../resources/service-environment.ts';
import { checkTimeLimitActions, computeLimits, serviceLimits } from '../resources/time-limits.ts';
import type { BatchRuntime } from '../runtime.ts';
import { updateJobQueue as schema } from '../schemas/job-queue.ts';
import { resourceTagConditions } from '../tags.ts';

type Input = z.infer<typeof schema>;

/** Changes what is given of a queue: UPDATING until that is durable, then VALID. */
export const updateJobQueue = batchOperation<UpdateJobQueueCommandInput, UpdateJobQueueCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: (input, context, { ledger }) => {
    const named = textOf(input.jobQueue) ?? '*';
    const tags = resourceTagConditions(findJobQueue(ledger, context, named)?.tags);
    // AWS lists no service environment here.
    const parts = queuePartsAccess({ ...input, serviceEnvironmentOrder: undefined }, context, ledger);
    return [{ resource: jobQueueArn(context, nameIn(named)), tags }, ...parts].map((part) => ({
      action: 'batch:UpdateJobQueue',
      resource: part.resource,
      conditions: part.tags,
    }));
  },
  handler: (runtime, input, context) => {
    const record = findJobQueue(runtime.ledger, context, input.jobQueue);
    // Named by its ARN, in words that hashicorp/terraform-provider-aws waits for where it deletes a queue.
    const arn = arnReferred(input.jobQueue, (name) => jobQueueArn(context, name));
    if (!record) return refuse(`${arn} does not exist`);
    if (isBeingModified(record)) refuse('Cannot update, resource is being modified.');
    const updated = update(runtime, record, input);
    const policy = findSchedulingPolicy(runtime.ledger, record, updated.schedulingPolicyArn ?? '');
    checkQuotaManagement(runtime.ledger, updated, policy);
    runtime.ledger.transact((transaction) => runtime.settling.putQueue(transaction, updated));
    return { jobQueueName: record.name, jobQueueArn: record.arn };
  },
});

function update({ ledger, quotas, yard }: BatchRuntime, record: JobQueueRecord, input: Input): JobQueueRecord {
  demand((input.priority ?? 0) >= 0, 'Priority must not be negative.');
  checkTimeLimitActions(input.jobStateTimeLimitActions, record.serviceEnvironmentOrder ? serviceLimits : computeLimits);
  return {
    ...record,
    ...replacedPolicy(ledger, record, input.schedulingPolicyArn, yard.schedulingTime()),
    state: input.state ?? record.state,
    status: 'UPDATING',
    statusReason: 'JobQueue being updated',
    priority: input.priority ?? record.priority,
    ...updatedOrder(ledger, record, input, quotas.computeEnvironmentsPerQueue),
    jobStateTimeLimitActions: input.jobStateTimeLimitActions ?? record.jobStateTimeLimitActions,
  };
}

type Orders = Pick<Partial<JobQueueRecord>, 'computeEnvironmentOrder' | 'serviceEnvironmentOrder'>;

/** A queue keeps environments of the sort that it was created with. */
function updatedOrder(ledger: Ledger, record: JobQueueRecord, input: Input, limit: number): Orders {
  const { computeEnvironmentOrder: compute, serviceEnvironmentOrder: service } = input;
  demand(!(record.serviceEnvironmentOrder ? compute?.length : service), eitherOrder);
  if (service) return { serviceEnvironmentOrder: resolveServiceOrder(ledger, record, service) };
  if (!compute || record.serviceEnvironmentOrder) return {};
  return { computeEnvironmentOrder: resolveEnvironmentOrder(ledger, record, compute, limit) };
}
