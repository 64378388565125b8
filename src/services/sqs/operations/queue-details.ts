import type {
  AddPermissionCommandInput,
  AddPermissionCommandOutput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  ListQueueTagsCommandInput,
  ListQueueTagsCommandOutput,
  QueueAttributeName,
  RemovePermissionCommandInput,
  RemovePermissionCommandOutput,
  SetQueueAttributesCommandInput,
  SetQueueAttributesCommandOutput,
  TagQueueCommandInput,
  TagQueueCommandOutput,
  UntagQueueCommandInput,
  UntagQueueCommandOutput,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { requestTagConditions } from '../../../core/tags.ts';
import { textMapOf, textsOf } from '../../../core/unvalidated.ts';
import { queueAccess, sqsOperation } from '../operation.ts';
import { describe, merge, select } from '../queue-attributes.ts';
import { findQueue } from '../queues.ts';
import { type QueueRecord, queueArn, queueRecords } from '../records.ts';
import { invalid, invalidValue } from '../refusals.ts';
import type { SqsRuntime } from '../runtime.ts';
import { list, textMap } from '../shapes.ts';
import { checkTags } from '../tags.ts';

/** Which names there are is looked at later, in SQS's own words. */
const queueAttributeName = z.string().transform((name) => name as QueueAttributeName);

function change({ ledger, clock }: SqsRuntime, queue: QueueRecord, changed: Partial<QueueRecord>): void {
  ledger.transact((transaction) => transaction.put(queueRecords, { ...queue, ...changed, changedAt: clock.now() }));
}

export const getQueueAttributes = sqsOperation<GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), AttributeNames: list(queueAttributeName).optional() }),
  readOnly: true,
  audit: 'management',
  access: queueAccess('GetQueueAttributes'),
  handler: ({ ledger, house }, { QueueUrl, AttributeNames: names = [] }, context) => {
    const queue = findQueue(ledger, context, QueueUrl);
    const found = select(describe(house, queue), names);
    return Object.keys(found).length > 0 ? { Attributes: found } : {};
  },
});

export const setQueueAttributes = sqsOperation<SetQueueAttributesCommandInput, SetQueueAttributesCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), Attributes: textMap }),
  readOnly: false,
  audit: 'management',
  access: queueAccess('SetQueueAttributes'),
  handler: (runtime, { QueueUrl, Attributes: given }, context) => {
    const { ledger, house, clock } = runtime;
    const queue = findQueue(ledger, context, QueueUrl);
    const changed = { ...queue, attributes: merge(ledger, queue, given), changedAt: clock.now() };
    ledger.transact((transaction) => {
      transaction.put(queueRecords, changed);
      const messages = house.of(queue);
      const oldest = messages.oldest();
      // What it has may be too old sooner than it was.
      if (oldest) house.sweeps.expect(transaction, changed, messages, oldest.sentAt);
    });
    return {};
  },
});

export const listQueueTags = sqsOperation<ListQueueTagsCommandInput, ListQueueTagsCommandOutput>()({
  schema: z.object({ QueueUrl: z.string() }),
  readOnly: true,
  audit: 'management',
  access: queueAccess('ListQueueTags'),
  handler: ({ ledger }, { QueueUrl }, context) => {
    const { tags } = findQueue(ledger, context, QueueUrl);
    return Object.keys(tags).length > 0 ? { Tags: tags } : {};
  },
});

export const tagQueue = sqsOperation<TagQueueCommandInput, TagQueueCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), Tags: textMap }),
  readOnly: false,
  audit: 'management',
  access: (runtime, input, context) => {
    const asked = requestTagConditions(Object.entries(textMapOf(input.Tags) ?? {}));
    return queueAccess('TagQueue')(runtime, input, context).map((request) => ({
      ...request,
      conditions: { ...request.conditions, ...asked },
    }));
  },
  handler: (runtime, { QueueUrl, Tags }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    change(runtime, queue, { tags: checkTags({ ...queue.tags, ...Tags }) });
    return {};
  },
});

export const untagQueue = sqsOperation<UntagQueueCommandInput, UntagQueueCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), TagKeys: list(z.string()) }),
  readOnly: false,
  audit: 'management',
  access: (runtime, input, context) =>
    queueAccess('UntagQueue')(runtime, input, context).map((request) => ({
      ...request,
      conditions: { ...request.conditions, 'aws:TagKeys': textsOf(input.TagKeys) },
    })),
  handler: (runtime, { QueueUrl, TagKeys: keys }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    const tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.includes(key)));
    change(runtime, queue, { tags });
    return {};
  },
});

/** What AddPermission may allow. */
const actions: ReadonlySet<string> = new Set([
  ...['*', 'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl'],
  ...['ListDeadLetterSourceQueues', 'PurgeQueue', 'ReceiveMessage', 'SendMessage'],
]);

interface Statement {
  readonly Sid?: unknown;
}

function policyOf({ attributes }: QueueRecord): { readonly Statement: readonly Statement[] } {
  const policy = JSON.parse(attributes.Policy ?? '{"Version":"2012-10-17"}');
  const { Statement: given = [] } = policy;
  return { ...policy, Statement: Array.isArray(given) ? given : [given] };
}

function withPolicy(queue: QueueRecord, policy: ReturnType<typeof policyOf>): Pick<QueueRecord, 'attributes'> {
  const { Policy: _, ...others } = queue.attributes;
  return { attributes: policy.Statement.length === 0 ? others : { ...others, Policy: JSON.stringify(policy) } };
}

export const addPermission = sqsOperation<AddPermissionCommandInput, AddPermissionCommandOutput>()({
  schema: z.object({
    QueueUrl: z.string(),
    Label: z.string(),
    AWSAccountIds: list(z.string()),
    Actions: list(z.string()),
  }),
  readOnly: false,
  audit: 'management',
  access: queueAccess('AddPermission'),
  handler: (runtime, { QueueUrl, Label, AWSAccountIds: accounts, Actions: names }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    if (!/^[\w-]{1,80}$/.test(Label)) {
      throw invalidValue(
        'Label',
        Label,
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    if (names.length === 0 || accounts.length === 0) throw invalid('The request must name accounts and actions.');
    const unknown = names.find((name) => !actions.has(name));
    if (unknown !== undefined)
      throw invalidValue('ActionName', unknown, 'Only the queue owner is allowed to invoke this action.');
    const strange = accounts.find((id) => !/^\d{12}$/.test(id));
    if (strange !== undefined) throw invalidValue('PrincipalId', strange, 'Unable to verify.');
    const policy = policyOf(queue);
    if (policy.Statement.some(({ Sid }) => Sid === Label)) throw invalidValue('Label', Label, 'Already exists.');
    const statement = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: single(accounts.map((id) => `arn:aws:iam::${id}:root`)) },
      Action: single(names.map((name) => `SQS:${name}`)),
      Resource: queueArn(queue),
    };
    change(runtime, queue, withPolicy(queue, { ...policy, Statement: [...policy.Statement, statement] }));
    return {};
  },
});

function single(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

export const removePermission = sqsOperation<RemovePermissionCommandInput, RemovePermissionCommandOutput>()({
  schema: z.object({ QueueUrl: z.string(), Label: z.string() }),
  readOnly: false,
  audit: 'management',
  access: queueAccess('RemovePermission'),
  handler: (runtime, { QueueUrl, Label }, context) => {
    const queue = findQueue(runtime.ledger, context, QueueUrl);
    const policy = policyOf(queue);
    const kept = policy.Statement.filter(({ Sid }) => Sid !== Label);
    if (kept.length === policy.Statement.length) {
      throw invalidValue('Label', Label, "can't find label on existing policy.");
    }
    change(runtime, queue, withPolicy(queue, { ...policy, Statement: kept }));
    return {};
  },
});
