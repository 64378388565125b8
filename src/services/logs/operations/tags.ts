import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTagsLogGroupCommandInput,
  ListTagsLogGroupCommandOutput,
  TagLogGroupCommandInput,
  TagLogGroupCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagLogGroupCommandInput,
  UntagLogGroupCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { mapOf } from '../../../core/map-schema.ts';
import type { Tags } from '../../../store/index.ts';
import { tagAccess } from '../access.ts';
import { demand, listOf, textOf } from '../constraints.ts';
import { findGroup } from '../groups.ts';
import { groupNameIn, groupNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { type LogGroupRecord, logGroupRecords } from '../records.ts';
import { groupMissing } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';
import { checkTags, tagKeyRule } from '../tag-rules.ts';

const tagMap = mapOf(z.string());
const arnRule = textOf(1, 1011, '[\\w+=/:,.@\\-\\*]*');

function byArn(runtime: LogsRuntime, scope: Scope, resourceArn: string): LogGroupRecord {
  demand(arnRule('resourceArn', resourceArn));
  const name = groupNameIn(scope, resourceArn);
  if (name === undefined) throw groupMissing();
  return findGroup(runtime, scope, name);
}

function byName(runtime: LogsRuntime, scope: Scope, logGroupName: string): LogGroupRecord {
  demand(groupNameRule('logGroupName', logGroupName));
  return findGroup(runtime, scope, logGroupName);
}

function addTags({ ledger }: LogsRuntime, group: LogGroupRecord, added: Tags): void {
  const tags = checkTags(group.tags, added);
  ledger.transact((transaction) => transaction.put(logGroupRecords, { ...group, tags }));
}

function removeTags({ ledger }: LogsRuntime, group: LogGroupRecord, keys: readonly string[]): void {
  const kept = Object.entries(group.tags).filter(([key]) => !keys.includes(key));
  ledger.transact((transaction) => transaction.put(logGroupRecords, { ...group, tags: Object.fromEntries(kept) }));
}

export const tagResource = logsOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tags: tagMap }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('TagResource'),
  handler: (runtime, { resourceArn, tags }, context) => {
    addTags(runtime, byArn(runtime, context, resourceArn), tags);
    return {};
  },
});

export const untagResource = logsOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string(), tagKeys: z.array(z.string()) }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('UntagResource'),
  handler: (runtime, { resourceArn, tagKeys }, context) => {
    demand(listOf(0, 50, tagKeyRule)('tagKeys', tagKeys));
    removeTags(runtime, byArn(runtime, context, resourceArn), tagKeys);
    return {};
  },
});

export const listTagsForResource = logsOperation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>()({
  schema: z.object({ resourceArn: z.string() }),
  readOnly: true,
  audit: 'management',
  access: tagAccess('ListTagsForResource'),
  handler: (runtime, { resourceArn }, context) => ({ tags: { ...byArn(runtime, context, resourceArn).tags } }),
});

export const tagLogGroup = logsOperation<TagLogGroupCommandInput, TagLogGroupCommandOutput>()({
  schema: z.object({ logGroupName: z.string(), tags: tagMap }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('TagLogGroup'),
  handler: (runtime, { logGroupName, tags }, context) => {
    addTags(runtime, byName(runtime, context, logGroupName), tags);
    return {};
  },
});

export const untagLogGroup = logsOperation<UntagLogGroupCommandInput, UntagLogGroupCommandOutput>()({
  schema: z.object({ logGroupName: z.string(), tags: z.array(z.string()) }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('UntagLogGroup'),
  handler: (runtime, { logGroupName, tags }, context) => {
    demand(listOf(1, 50, tagKeyRule)('tags', tags));
    removeTags(runtime, byName(runtime, context, logGroupName), tags);
    return {};
  },
});

export const listTagsLogGroup = logsOperation<ListTagsLogGroupCommandInput, ListTagsLogGroupCommandOutput>()({
  schema: z.object({ logGroupName: z.string() }),
  readOnly: true,
  audit: 'management',
  access: tagAccess('ListTagsLogGroup'),
  handler: (runtime, { logGroupName }, context) => ({ tags: { ...byName(runtime, context, logGroupName).tags } }),
});
