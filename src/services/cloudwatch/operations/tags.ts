import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { textOf, textsOf } from '../../../core/unvalidated.ts';
import type { Tags, Transaction } from '../../../store/index.ts';
import { alarmOfArn, dashboardOfArn } from '../access.ts';
import { cloudWatchOperation } from '../operation.ts';
import { dashboardRecords, metricAlarmRecords } from '../records.ts';
import type { CloudWatchRuntime } from '../runtime.ts';
import { tagKeys, tagList } from '../shapes.ts';
import { checkTagCount, readTags } from '../tags.ts';

const arn = z.string().min(1).max(1024);

interface Tagged {
  readonly tags: Tags;
  put(transaction: Transaction, tags: Tags): void;
}

function tagged({ ledger }: CloudWatchRuntime, context: RequestContext, resource: string): Tagged {
  const alarm = ledger.get(metricAlarmRecords, context, alarmOfArn(context, resource) ?? '');
  if (alarm) return { tags: alarm.tags, put: (to, tags) => to.put(metricAlarmRecords, { ...alarm, tags }) };
  const dashboard = ledger.get(dashboardRecords, context, dashboardOfArn(context, resource) ?? '');
  if (dashboard) return { tags: dashboard.tags, put: (to, tags) => to.put(dashboardRecords, { ...dashboard, tags }) };
  throw new ServiceError('ResourceNotFoundException', `The resource ${resource} does not exist.`, { status: 404 });
}

function tagAccess(action: string) {
  return ({
    ResourceARN,
    Tags,
    TagKeys,
  }: {
    readonly ResourceARN?: unknown;
    readonly Tags?: unknown;
    readonly TagKeys?: unknown;
  }): readonly AccessRequest[] => {
    const keys = textsOf(TagKeys);
    const conditions = { ...givenTagConditions(Tags), ...(keys.length > 0 && { 'aws:TagKeys': keys }) };
    return [{ action: `cloudwatch:${action}`, resource: textOf(ResourceARN) ?? '*', conditions }];
  };
}

export const listTagsForResource = cloudWatchOperation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
>()({
  schema: z.object({ ResourceARN: arn }),
  readOnly: true,
  audit: 'management',
  access: tagAccess('ListTagsForResource'),
  handler: (runtime, { ResourceARN }, context) => {
    const { tags } = tagged(runtime, context, ResourceARN);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

export const tagResource = cloudWatchOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ ResourceARN: arn, Tags: tagList }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('TagResource'),
  handler: (runtime, { ResourceARN, Tags }, context) => {
    const { tags, put } = tagged(runtime, context, ResourceARN);
    const next = checkTagCount({ ...tags, ...readTags(Tags) });
    runtime.ledger.transact((transaction) => put(transaction, next));
    return {};
  },
});

export const untagResource = cloudWatchOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ ResourceARN: arn, TagKeys: tagKeys }),
  readOnly: false,
  audit: 'management',
  access: tagAccess('UntagResource'),
  handler: (runtime, { ResourceARN, TagKeys }, context) => {
    const { tags, put } = tagged(runtime, context, ResourceARN);
    const gone = new Set(TagKeys);
    const next = Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key)));
    runtime.ledger.transact((transaction) => put(transaction, next));
    return {};
  },
});
