import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { readTopicArn } from '../names.ts';
import { snsOperation } from '../operation.ts';
import { type TopicRecord, topicRecords } from '../records.ts';
import { resourceMissing } from '../refusals.ts';
import { queryList } from '../shapes.ts';
import { checkTagCount, checkTagKey, readTags, tagList } from '../tags.ts';

/** Topics have tags, subscriptions have none. */
function tagged(ledger: Ledger, scope: Scope, arn: string): TopicRecord {
  const { account, region, name } = readTopicArn(arn, 'ResourceArn');
  const topic =
    account === scope.account && region === scope.region ? ledger.get(topicRecords, scope, name) : undefined;
  if (!topic) throw resourceMissing();
  return topic;
}

function tagAccess(action: string) {
  return ({ ResourceArn }: { readonly ResourceArn?: unknown }): readonly AccessRequest[] => [
    { action: `sns:${action}`, resource: textOf(ResourceArn) ?? '*' },
  ];
}

export const tagResource = snsOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ ResourceArn: z.string(), Tags: tagList }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('TagResource'),
  handler: ({ ledger }, input, context) => {
    const topic = tagged(ledger, context, input.ResourceArn);
    const tags = checkTagCount({ ...topic.tags, ...readTags(input.Tags) });
    ledger.transact((transaction) => transaction.put(topicRecords, { ...topic, tags }));
    return {};
  },
});

export const untagResource = snsOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ ResourceArn: z.string(), TagKeys: queryList(z.string()) }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('UntagResource'),
  handler: ({ ledger }, { ResourceArn, TagKeys: keys }, context) => {
    const topic = tagged(ledger, context, ResourceArn);
    for (const key of keys) checkTagKey(key);
    const tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !keys.includes(key)));
    ledger.transact((transaction) => transaction.put(topicRecords, { ...topic, tags }));
    return {};
  },
});

export const listTagsForResource = snsOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()({
  schema: z.object({ ResourceArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: tagAccess('ListTagsForResource'),
  handler: ({ ledger }, { ResourceArn }, context) => ({
    Tags: Object.entries(tagged(ledger, context, ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
  }),
});
