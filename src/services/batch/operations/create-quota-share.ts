import type { CreateQuotaShareCommandInput, CreateQuotaShareCommandOutput } from '@aws-sdk/client-batch';
import type { z } from 'zod';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { arnReferred, findJobQueue, jobQueueArn, nameIn, quotaShareArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type JobQueueRecord, type QuotaShareRecord, quotaShareRecords, shareKey } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { checkCapacityLimits } from '../resources/capacity-limits.ts';
import { checkSharing, hasQuotaShares, quotaSharesOf } from '../resources/quota-share.ts';
import type { BatchRuntime } from '../runtime.ts';
import { createQuotaShare as schema } from '../schemas/quota-share.ts';
import { checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';

type Input = z.infer<typeof schema>;

const namePattern = /^[a-zA-Z0-9_-]{1,128}$/;

/** Creates a queue within a queue of service jobs. VALID at once: nothing has to be set up. No words are reported of AWS. */
export const createQuotaShare = batchOperation<CreateQuotaShareCommandInput, CreateQuotaShareCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access,
  handler: (runtime, input, context) => {
    const { ledger, clock, quotas, serviceHeads } = runtime;
    const { quotaShareName: name, state = 'ENABLED', tags = {} } = input;
    demand(namePattern.test(name), 'Quota share name should match a valid pattern.');
    const capacityLimits = checkCapacityLimits(input.capacityLimits, { typesOnly: true });
    const sharing = checkSharing(input.resourceSharingConfiguration);
    checkTags(tags, quotas.tagsPerResource);
    const queue = dividedQueue(runtime, input, context);
    const { account, region } = queue;
    const arn = quotaShareArn(queue, queue.name, name);
    const { inSharePreemption } = input.preemptionConfiguration;
    const given = { capacityLimits, sharing, inSharePreemption, state, tags, createdAt: clock.now() };
    const record: QuotaShareRecord = { account, region, queue: queue.name, name, arn, status: 'VALID', ...given };
    ledger.transact((transaction) => {
      transaction.put(quotaShareRecords, record);
      serviceHeads.quotaSharesChanged(transaction, record);
    });
    return { quotaShareName: name, quotaShareArn: arn };
  },
});

function access({ jobQueue, quotaShareName, tags }: Unvalidated<Input>, context: RequestContext): AccessRequest[] {
  const queue = nameIn(textOf(jobQueue) ?? '*');
  const conditions = requestTagConditions(tags);
  const share = quotaShareArn(context, queue, textOf(quotaShareName) ?? '*');
  const asked = [jobQueueArn(context, queue), share].map((resource) => {
    return { action: 'batch:CreateQuotaShare', resource, conditions };
  });
  return [...asked, ...tagOnCreate(share, tags)];
}

/** The queue, if it can be given a quota share of this name. */
function dividedQueue(
  { ledger, quotas }: BatchRuntime,
  { jobQueue, quotaShareName }: Input,
  context: RequestContext,
): JobQueueRecord {
  const queue = findJobQueue(ledger, context, jobQueue);
  if (!queue) return refuse(`${arnReferred(jobQueue, (name) => jobQueueArn(context, name))} does not exist`);
  if (queue.status === 'DELETING') refuse(`Job Queue ${queue.arn} is being deleted.`);
  if (!hasQuotaShares(ledger, queue)) refuse(`Job Queue ${queue.arn} has no quota share scheduling policy.`);
  if (ledger.get(quotaShareRecords, queue, shareKey(queue.name, quotaShareName))) refuseTaken();
  const limit = quotas.quotaSharesPerQueue;
  const hasRoom = [...quotaSharesOf(ledger, queue)].length < limit;
  if (!hasRoom) refuse(`Maximum number of quota shares (${limit}) of a job queue reached.`);
  return queue;
}
