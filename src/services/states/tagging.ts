import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Scope } from '../../core/arn.ts';
import { serviceOperation } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import type { ActivityRecord, Ledger, StateMachineRecord } from '../../store/index.ts';
import { readArn } from './names.ts';
import { resourceAccess, scopeOf } from './operation.ts';
import { noResource } from './refusals.ts';
import * as shapes from './shapes.ts';
import { checkTagCount, checkTagKey, describeTags, readTags, requestTagConditions, tagList } from './tags.ts';

interface TaggingRuntime {
  readonly ledger: Ledger;
}

/** The state machine or activity that an ARN names. Throws `InvalidArn` and `ResourceNotFound`. */
function requireTagged(ledger: Ledger, scope: Scope, arn: string): StateMachineRecord | ActivityRecord {
  const named = readArn(scope, arn, 'stateMachine', 'activity');
  const found =
    named.kind === 'activity'
      ? ledger.get('activity', scope, named.activity)
      : named.label === undefined && ledger.get('stateMachine', scope, named.machine);
  return found || noResource(arn);
}

const tagSchema = z.object({ resourceArn: shapes.arn, tags: tagList });

/** Adds tags to a state machine or activity; those that it has under the same key are overwritten, others stay. */
export const tagResource = serviceOperation<TaggingRuntime, TagResourceCommandInput, TagResourceCommandOutput>()<
  z.infer<typeof tagSchema>
>({
  schema: tagSchema,
  readOnly: false,
  audit: 'management',
  access: ({ resourceArn, tags }) => [
    { action: 'states:TagResource', resource: textOf(resourceArn) ?? '*', conditions: requestTagConditions(tags) },
  ],
  handler: ({ ledger }, { resourceArn, tags: added }, context) => {
    const record = requireTagged(ledger, scopeOf(context), resourceArn);
    const tags = { ...record.tags, ...readTags(resourceArn, added) };
    checkTagCount(resourceArn, tags);
    ledger.transact((transaction) => transaction.put({ ...record, tags }));
    return {};
  },
});

const untagSchema = z.object({ resourceArn: shapes.arn, tagKeys: z.array(z.string().min(1).max(128)) });

/** Removes tags; keys that are not there are no error. */
export const untagResource = serviceOperation<TaggingRuntime, UntagResourceCommandInput, UntagResourceCommandOutput>()<
  z.infer<typeof untagSchema>
>({
  schema: untagSchema,
  readOnly: false,
  audit: 'management',
  access: ({ resourceArn, tagKeys }) => [
    {
      action: 'states:UntagResource',
      resource: textOf(resourceArn) ?? '*',
      conditions: { 'aws:TagKeys': textsOf(tagKeys) },
    },
  ],
  handler: ({ ledger }, { resourceArn, tagKeys }, context) => {
    const record = requireTagged(ledger, scopeOf(context), resourceArn);
    for (const key of tagKeys) checkTagKey(key);
    const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !tagKeys.includes(key)));
    ledger.transact((transaction) => transaction.put({ ...record, tags }));
    return {};
  },
});

const listSchema = z.object({ resourceArn: shapes.arn });

export const listTagsForResource = serviceOperation<
  TaggingRuntime,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
>()<z.infer<typeof listSchema>>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: ({ resourceArn }) => resourceAccess('ListTagsForResource', resourceArn),
  handler: ({ ledger }, { resourceArn }, context) => ({
    tags: describeTags(requireTagged(ledger, scopeOf(context), resourceArn).tags),
  }),
});
