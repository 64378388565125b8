import type {
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  ResourceType,
  TagDescription,
} from '@aws-sdk/client-ec2';
import type { Scope } from '../../../core/arn.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { compileFilters } from '../filters.ts';
import { listPage } from '../listing.ts';
import { kindOfId, type ResourceKind } from '../names.ts';
import { ec2Operation, parameters, tagAccess } from '../operation.ts';
import {
  keyPairRecords,
  launchTemplateRecords,
  placementGroupRecords,
  type ResourceTagsRecord,
  resourceTagsRecords,
  securityGroupRecords,
  subnetRecords,
  vpcRecords,
} from '../records.ts';
import { notFound, refusal, required } from '../refusals.ts';
import { listed, tagList, texts } from '../shapes.ts';
import { putTags, readTags, tagsOf } from '../tags.ts';

/** Throws unless there is a resource of that id. */
function checkResource(ledger: Ledger, scope: Scope, id: string): void {
  const kind = kindOfId(id);
  if (!kind) throw refusal('InvalidID', `The ID '${id}' is not valid`);
  if (kind === 'instance')
    throw refusal('UnsupportedOperation', 'The tags of an instance are those of its compute environment.');
  if (!isThere[kind](ledger, scope, id)) throw notFound(kind, id);
}

const isThere: Readonly<
  Record<Exclude<ResourceKind, 'instance'>, (ledger: Ledger, scope: Scope, id: string) => boolean>
> = {
  vpc: (ledger, scope, id) => ledger.get(vpcRecords, scope, id) !== undefined,
  subnet: (ledger, scope, id) => ledger.get(subnetRecords, scope, id) !== undefined,
  'security-group': (ledger, scope, id) => ledger.get(securityGroupRecords, scope, id) !== undefined,
  'launch-template': (ledger, scope, id) => ledger.get(launchTemplateRecords, scope, id) !== undefined,
  'key-pair': (ledger, scope, id) => ledger.countBy(keyPairRecords, scope, 'id', id) > 0,
  'placement-group': (ledger, scope, id) => ledger.countBy(placementGroupRecords, scope, 'id', id) > 0,
  'network-acl': (ledger, scope, id) => ledger.countBy(vpcRecords, scope, 'networkAcl', id) > 0,
  'route-table': (ledger, scope, id) => ledger.countBy(vpcRecords, scope, 'routeTable', id) > 0,
};

export const createTags = ec2Operation<CreateTagsCommandInput, CreateTagsCommandOutput>()({
  name: 'CreateTags',
  schema: parameters({ Resources: texts, Tags: tagList }),
  readOnly: false,
  access: ({ Resources, Tags }, context) => tagAccess('ec2:CreateTags', textsOf(Resources), Tags, context),
  handler: ({ ledger }, { Resources, Tags }, context) => {
    const tags = readTags(Tags);
    for (const id of Resources) checkResource(ledger, context, id);
    ledger.transact((transaction) => {
      for (const id of Resources) putTags(transaction, context, id, { ...tagsOf(ledger, context, id), ...tags });
    });
    return {};
  },
});

/** Of a tag with a value, only where it has that; without tags, all of them. */
export const deleteTags = ec2Operation<DeleteTagsCommandInput, DeleteTagsCommandOutput>()({
  name: 'DeleteTags',
  schema: parameters({ Resources: texts, Tags: tagList.optional() }),
  readOnly: false,
  access: ({ Resources, Tags }, context) => tagAccess('ec2:DeleteTags', textsOf(Resources), Tags, context),
  handler: ({ ledger }, { Resources, Tags }, context) => {
    for (const id of Resources) checkResource(ledger, context, id);
    const given = Tags?.map(({ Key, Value }) => ({ key: required(Key, 'Tag.Key'), value: Value }));
    const goes = (key: string, value: string) =>
      given === undefined || given.some((tag) => tag.key === key && (tag.value === undefined || tag.value === value));
    ledger.transact((transaction) => {
      for (const id of Resources) {
        const left = Object.entries(tagsOf(ledger, context, id)).filter(([key, value]) => !goes(key, value));
        putTags(transaction, context, id, Object.fromEntries(left));
      }
    });
    return {};
  },
});

const filters = {
  key: ({ tags }: ResourceTagsRecord) => Object.keys(tags),
  'resource-id': ({ id }: ResourceTagsRecord) => id,
  'resource-type': ({ id }: ResourceTagsRecord) => kindOfId(id),
  value: ({ tags }: ResourceTagsRecord) => Object.values(tags),
};

/** A page of resources, each with those of its tags that pass the filters. */
export const describeTags = ec2Operation<DescribeTagsCommandInput, DescribeTagsCommandOutput>()({
  name: 'DescribeTags',
  schema: parameters(listed),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { records, ...page } = listPage<ResourceTagsRecord>(
      {
        ...{ kind: 'DescribeTags', ledger, scope: context, filters },
        after: (after) => ledger.by(resourceTagsRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
      },
      input,
    );
    const passes = compileFilters<ResourceTagsRecord>(input.Filters, filters, {
      ...{ ledger, scope: context },
      idOf: ({ id }) => id,
    });
    return { Tags: records.flatMap(oneByOne).filter(passes).flatMap(descriptions), ...page };
  },
});

function oneByOne(record: ResourceTagsRecord): readonly ResourceTagsRecord[] {
  return Object.entries(record.tags).map(([key, value]) => ({ ...record, tags: { [key]: value } }));
}

function descriptions({ id, tags }: ResourceTagsRecord): readonly TagDescription[] {
  const kind = kindOfId(id) as ResourceType;
  return Object.entries(tags).map(([Key, Value]) => ({ ResourceId: id, ResourceType: kind, Key, Value }));
}
