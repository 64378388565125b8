import type {
  CreateTopicCommandInput,
  CreateTopicCommandOutput,
  DeleteTopicCommandInput,
  DeleteTopicCommandOutput,
  ListTopicsCommandInput,
  ListTopicsCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import type { Tags } from '../../../store/index.ts';
import { isFifo } from '../fifo/index.ts';
import { checkTopicName, readTopicArn, topicArn } from '../names.ts';
import { anyResource, snsOperation, topicAccess } from '../operation.ts';
import { pageFrom } from '../page.ts';
import { subscriptionRecords, type TopicRecord, topicRecords, topicSequenceRecords } from '../records.ts';
import { demand, invalidParameter } from '../refusals.ts';
import { attributeMap } from '../shapes.ts';
import { readTags, tagList } from '../tags.ts';
import { checkNewTopic, topicAttribute } from '../topic-attributes.ts';
import { subscriptionsOf } from '../topics.ts';

export const createTopic = snsOperation<CreateTopicCommandInput, CreateTopicCommandOutput>()({
  schema: z.object({
    Name: z.string(),
    Attributes: attributeMap.optional(),
    Tags: tagList.optional(),
    DataProtectionPolicy: z.string().optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: (input, context) => [{ action: 'sns:CreateTopic', resource: topicArn(context, textOf(input.Name) ?? '*') }],
  handler: ({ ledger }, input, context) => {
    checkTopicName(input.Name, input.Attributes?.FifoTopic === 'true');
    demand(!input.DataProtectionPolicy, 'DataProtectionPolicy Reason: not supported by this version of Batchyard');
    const attributes = checkNewTopic({ name: input.Name }, input.Attributes ?? {});
    const tags = readTags(input.Tags ?? []);
    const existing = ledger.get(topicRecords, context, input.Name);
    if (existing) checkSame(existing, attributes, input.Tags && tags);
    else
      ledger.transact((transaction) => transaction.put(topicRecords, newTopic(context, input.Name, attributes, tags)));
    return { TopicArn: topicArn(context, textOf(input.Name) ?? '*') };
  },
});

/** The same name again answers the same topic, unless it asks for another one. */
function checkSame(
  topic: TopicRecord,
  attributes: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> | undefined,
): void {
  const differs = Object.entries(attributes).some(([name, value]) => topicAttribute(topic, name) !== value);
  if (differs) throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  if (tags && !isSame(tags, topic.tags)) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
}

function isSame(a: Tags, b: Tags): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function newTopic(
  { account, region, now }: RequestContext,
  name: string,
  attributes: Readonly<Record<string, string>>,
  tags: Tags,
): TopicRecord {
  const arn = topicArn({ account, region }, name);
  return { account, region, name, arn, attributes, tags, createdAt: now };
}

/** With its subscriptions. What waits for them is not delivered any more. */
export const deleteTopic = snsOperation<DeleteTopicCommandInput, DeleteTopicCommandOutput>()({
  schema: z.object({ TopicArn: z.string() }),
  readOnly: false,
  audit: 'management',
  access: topicAccess('DeleteTopic'),
  handler: ({ ledger }, input, context) => {
    const { account, region, name } = readTopicArn(input.TopicArn);
    demand(region === context.region && account === context.account, 'TopicArn');
    const topic = ledger.get(topicRecords, context, name);
    if (!topic) return {};
    ledger.transact((transaction) => {
      for (const each of [...subscriptionsOf(ledger, topic)]) transaction.delete(subscriptionRecords, each, each.name);
      transaction.delete(topicRecords, topic, topic.name);
      if (isFifo(topic)) transaction.delete(topicSequenceRecords, topic, topic.name);
    });
    return {};
  },
});

export const listTopics = snsOperation<ListTopicsCommandInput, ListTopicsCommandOutput>()({
  schema: z.object({ NextToken: z.string().optional() }),
  readOnly: true,
  audit: 'management',
  access: anyResource('ListTopics'),
  handler: ({ ledger }, input, context) => {
    const page = pageFrom(
      'topics',
      (after) => ledger.by(topicRecords, context, 'name', { after }),
      ({ name }) => name,
      input.NextToken,
    );
    return {
      Topics: page.items.map(({ arn }) => ({ TopicArn: arn })),
      ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
    };
  },
});
