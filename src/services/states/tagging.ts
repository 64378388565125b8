import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../core/arn.ts';
import { serviceOperation } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import type { Ledger, RecordType, Tags, Transaction } from '../../store/index.ts';
import { resourceAccess } from './access.ts';
import { readArn } from './names.ts';
import { type ActivityRecord, activityRecords, type StateMachineRecord, stateMachineRecords } from './records.ts';
import { noResource } from './refusals.ts';
import * as shapes from './shapes.ts';
import { checkTagCount, checkTagKey, describeTags, readTags, requestTagConditions, tagList } from './tags.ts';

interface TaggingRuntime {
  readonly ledger: Ledger;
}

/** The state machine or activity that an ARN names. Throws `InvalidArn` and `ResourceNotFound`. */
function requireTagged(ledger: Ledger, scope: Scope, arn: string) {
  const named = readArn(scope, arn, 'stateMachine', 'activity', 'version', 'alias');
  // Versions and aliases have no tags; AWS does not find them (recorded of TagResource for a version).
  if (named.kind === 'version' || named.kind === 'alias') return noResource(arn);
  if (named.kind === 'activity')
    return tagged(activityRecords, ledger.get(activityRecords, scope, named.activity), arn);
  const machine = named.label === undefined ? ledger.get(stateMachineRecords, scope, named.machine) : undefined;
  return tagged(stateMachineRecords, machine, arn);
}

/** A record with what gives it other tags. */
function tagged<Value extends StateMachineRecord | ActivityRecord>(
  type: RecordType<Value, string>,
  found: Value | undefined,
  arn: string,
) {
  const record = found ?? noResource(arn);
  const put = (transaction: Transaction, tags: Tags) => transaction.put(type, { ...record, tags });
  return { tags: record.tags, put };
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
    const found = requireTagged(ledger, scopeOf(context), resourceArn);
    const tags = { ...found.tags, ...readTags(resourceArn, added) };
    checkTagCount(resourceArn, tags);
    ledger.transact((transaction) => found.put(transaction, tags));
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
    const found = requireTagged(ledger, scopeOf(context), resourceArn);
    for (const key of tagKeys) checkTagKey(key);
    const tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !tagKeys.includes(key)));
    ledger.transact((transaction) => found.put(transaction, tags));
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
