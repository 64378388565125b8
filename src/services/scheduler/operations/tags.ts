import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import type { Tags } from '../../../store/index.ts';
import { arnAccess } from '../access.ts';
import { requireGroup } from '../groups.ts';
import { groupIn } from '../names.ts';
import { schedulerOperation } from '../operation.ts';
import { type ScheduleGroupRecord, scheduleGroupRecords } from '../records.ts';
import { groupIsDeleting, invalid } from '../refusals.ts';
import type { SchedulerRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';
import { checkTagCount, readTags } from '../tags.ts';

const arn = z.string().min(1).max(1011);

/** Only groups have tags. */
function tagged({ ledger }: SchedulerRuntime, scope: Scope, given: string): ScheduleGroupRecord {
  const name = groupIn(scope, given);
  return name === undefined
    ? invalid(`${given} is no schedule group of this account and region.`)
    : requireGroup(ledger, scope, name);
}

function putTags({ ledger, clock }: SchedulerRuntime, group: ScheduleGroupRecord, tags: Tags): void {
  if (group.isDeleting) groupIsDeleting(group.name);
  const createdAt = group.createdAt || clock.now();
  ledger.transact((transaction) =>
    transaction.put(scheduleGroupRecords, { ...group, createdAt, changedAt: clock.now(), tags }),
  );
}

const listSchema = z.object({ ResourceArn: arn });

export const listTagsForResource = schedulerOperation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
>()<z.infer<typeof listSchema>>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: ({ ResourceArn }, context, runtime) => [arnAccess('ListTagsForResource', context, ResourceArn, runtime)],
  handler: (runtime, { ResourceArn }, context) => {
    const { tags } = tagged(runtime, context, ResourceArn);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

const tagSchema = z.object({ ResourceArn: arn, Tags: shapes.tagList });

export const tagResource = schedulerOperation<TagResourceCommandInput, TagResourceCommandOutput>()<
  z.infer<typeof tagSchema>
>({
  schema: tagSchema,
  readOnly: false,
  audit: 'management',
  access: ({ ResourceArn, Tags }, context, runtime) => {
    const request = arnAccess('TagResource', context, ResourceArn, runtime);
    return [{ ...request, conditions: { ...request.conditions, ...givenTagConditions(Tags) } }];
  },
  handler: (runtime, { ResourceArn, Tags: given }, context) => {
    const group = tagged(runtime, context, ResourceArn);
    putTags(runtime, group, checkTagCount({ ...group.tags, ...readTags(given) }));
    return {};
  },
});

const tagKeys = z.array(z.string().min(1).max(128)).max(200);
const untagSchema = z.object({ ResourceArn: arn, TagKeys: tagKeys });

export const untagResource = schedulerOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()<
  z.infer<typeof untagSchema>
>({
  schema: untagSchema,
  readOnly: false,
  audit: 'management',
  access: ({ ResourceArn, TagKeys }, context, runtime) => {
    const keys = (Array.isArray(TagKeys) ? TagKeys : []).filter((key) => typeof key === 'string').slice(0, 200);
    const request = arnAccess('UntagResource', context, ResourceArn, runtime);
    const asked = keys.length === 0 ? {} : { 'aws:TagKeys': keys };
    return [{ ...request, conditions: { ...request.conditions, ...asked } }];
  },
  handler: (runtime, { ResourceArn, TagKeys: keys }, context) => {
    const group = tagged(runtime, context, ResourceArn);
    putTags(runtime, group, Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key))));
    return {};
  },
});
