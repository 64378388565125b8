import type {
  AddTagsCommandInput,
  AddTagsCommandOutput,
  ListTagsCommandInput,
  ListTagsCommandOutput,
  RemoveTagsCommandInput,
  RemoveTagsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import type { AccessRequest } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { structuresOf, textOf, textsOf } from '../../../core/unvalidated.ts';
import { trailRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { cloudTrailOperation } from '../runtime.ts';
import { checkCount, readTags, tagList } from '../tags.ts';
import { findTrail, requireOwnTrail } from '../trails.ts';

const arn = z.string().min(3).max(2048);

function access(action: string) {
  return (input: { readonly ResourceId?: unknown; readonly TagsList?: unknown }): readonly AccessRequest[] => [
    {
      action: `cloudtrail:${action}`,
      resource: textOf(input.ResourceId) ?? '*',
      conditions: conditionsOf(input.TagsList),
    },
  ];
}

function conditionsOf(given: unknown) {
  return structuresOf(given).length === 0 ? {} : givenTagConditions(given);
}

function checkArn(given: string): string {
  return given.startsWith('arn:') ? given : refuse('CloudTrailARNInvalidException', `Invalid ARN: ${given}`);
}

const changeSchema = z.object({ ResourceId: arn, TagsList: tagList });

export const addTags = cloudTrailOperation<AddTagsCommandInput, AddTagsCommandOutput>()<z.infer<typeof changeSchema>>({
  schema: changeSchema,
  readOnly: false,
  audit: 'management',
  access: access('AddTags'),
  handler: ({ ledger }, { ResourceId, TagsList }, context) => {
    const trail = requireOwnTrail(ledger, context, checkArn(ResourceId));
    const tags = checkCount({ ...trail.tags, ...readTags(TagsList) });
    ledger.transact((transaction) => transaction.put(trailRecords, { ...trail, tags }));
    return {};
  },
});

/** Of the tags that are given the keys alone count. */
export const removeTags = cloudTrailOperation<RemoveTagsCommandInput, RemoveTagsCommandOutput>()<
  z.infer<typeof changeSchema>
>({
  schema: changeSchema,
  readOnly: false,
  audit: 'management',
  access: ({ ResourceId, TagsList }) => {
    const keys = structuresOf(TagsList).flatMap(({ Key }) => textOf(Key) ?? []);
    const conditions = keys.length === 0 ? {} : { 'aws:TagKeys': keys };
    return [{ action: 'cloudtrail:RemoveTags', resource: textOf(ResourceId) ?? '*', conditions }];
  },
  handler: ({ ledger }, { ResourceId, TagsList }, context) => {
    const trail = requireOwnTrail(ledger, context, checkArn(ResourceId));
    const gone = new Set(TagsList.map(({ Key }) => Key));
    const tags = Object.fromEntries(Object.entries(trail.tags).filter(([key]) => !gone.has(key)));
    ledger.transact((transaction) => transaction.put(trailRecords, { ...trail, tags }));
    return {};
  },
});

const listSchema = z.object({ ResourceIdList: z.array(arn).min(1).max(20), NextToken: z.string().optional() });

export const listTags = cloudTrailOperation<ListTagsCommandInput, ListTagsCommandOutput>()<z.infer<typeof listSchema>>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: ({ ResourceIdList }) => {
    const resources = textsOf(ResourceIdList);
    return (resources.length === 0 ? ['*'] : resources).map((resource) => ({
      action: 'cloudtrail:ListTags',
      resource,
    }));
  },
  handler: ({ ledger }, { ResourceIdList }, context) => ({
    ResourceTagList: ResourceIdList.map((ResourceId) => {
      const trail = findTrail(ledger, context, checkArn(ResourceId));
      if (!trail) return refuse('ResourceNotFoundException', `Unknown resource: ${ResourceId}`);
      return { ResourceId, TagsList: Object.entries(trail.tags).map(([Key, Value]) => ({ Key, Value })) };
    }),
  }),
});
