import type {
  CreatePlacementGroupCommandInput,
  CreatePlacementGroupCommandOutput,
  DeletePlacementGroupCommandInput,
  DeletePlacementGroupCommandOutput,
  DescribePlacementGroupsCommandInput,
  DescribePlacementGroupsCommandOutput,
  PlacementGroup,
  PlacementStrategy,
  SpreadLevel,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { newId, resourceArn } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type PlacementGroupRecord, placementGroupRecords } from '../records.ts';
import { checkRoom, demand, notFound, refusal, required } from '../refusals.ts';
import { listed, tagSpecifications, texts, whole } from '../shapes.ts';
import { putTags, specifiedTags, tagSet } from '../tags.ts';

export const createPlacementGroup = ec2Operation<CreatePlacementGroupCommandInput, CreatePlacementGroupCommandOutput>()(
  {
    name: 'CreatePlacementGroup',
    schema: parameters({
      GroupName: z.string().optional(),
      Strategy: z.enum(['cluster', 'partition', 'spread']).optional(),
      PartitionCount: whole.optional(),
      SpreadLevel: z.enum(['host', 'rack']).optional(),
      TagSpecifications: tagSpecifications.optional(),
    }),
    readOnly: false,
    about: { kind: 'placement-group' },
    handler: ({ ledger, random }, { GroupName, Strategy = 'cluster', ...input }, context) => {
      const scope = scopeOf(context);
      const name = required(GroupName, 'GroupName');
      demand(/^[\x20-\x7e]{1,255}$/.test(name), `Value (${name}) for parameter groupName is invalid.`);
      if (ledger.get(placementGroupRecords, scope, name))
        throw refusal('InvalidPlacementGroup.Duplicate', `The Placement Group '${name}' already exists.`);
      const tags = specifiedTags(input.TagSpecifications, 'placement-group');
      const count = ledger.count(placementGroupRecords, scope);
      checkRoom(count, limits.placementGroups, 'PlacementGroupLimitExceeded', 'placement groups');
      const id = newId('pg', random);
      const group = { ...scope, id, name, strategy: Strategy, ...shapeOf(Strategy, input) };
      ledger.transact((transaction) => {
        transaction.put(placementGroupRecords, group);
        putTags(transaction, scope, id, tags);
      });
      return { PlacementGroup: groupView(ledger, group) };
    },
  },
);

interface Shape {
  readonly PartitionCount?: number | undefined;
  readonly SpreadLevel?: string | undefined;
}

/** What AWS takes where nothing is said: two partitions, racks. */
function shapeOf(strategy: string, { PartitionCount, SpreadLevel }: Shape) {
  demand(PartitionCount === undefined || strategy === 'partition', 'PartitionCount is only for strategy partition.');
  demand(SpreadLevel === undefined || strategy === 'spread', 'SpreadLevel is only for strategy spread.');
  if (strategy === 'spread') return { spreadLevel: SpreadLevel ?? 'rack' };
  if (strategy !== 'partition') return {};
  const partitionCount = PartitionCount ?? 2;
  demand(
    partitionCount >= 1 && partitionCount <= 7,
    `Value (${partitionCount}) for parameter partitionCount is invalid.`,
  );
  return { partitionCount };
}

const filters = {
  'group-arn': (group: PlacementGroupRecord) => resourceArn(group, 'placement-group', group.name),
  'group-name': ({ name }: PlacementGroupRecord) => name,
  'spread-level': ({ spreadLevel }: PlacementGroupRecord) => spreadLevel,
  state: () => 'available',
  strategy: ({ strategy }: PlacementGroupRecord) => strategy,
};

export const describePlacementGroups = ec2Operation<
  DescribePlacementGroupsCommandInput,
  DescribePlacementGroupsCommandOutput
>()({
  name: 'DescribePlacementGroups',
  schema: parameters({ Filters: listed.Filters, GroupNames: texts.optional(), GroupIds: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { records } = listPage<PlacementGroupRecord>(
      {
        ...{ kind: 'DescribePlacementGroups', ledger, scope: context, filters },
        named: namedRecords(input.GroupNames, (name) => groupByName(ledger, context, name)) ??
          namedRecords(input.GroupIds, (id) => groupById(ledger, context, id)) ?? [
            ...ledger.by(placementGroupRecords, context, 'name'),
          ],
        after: () => [],
        keyOf: ({ name }) => name,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { PlacementGroups: records.map((group) => groupView(ledger, group)) };
  },
});

export const deletePlacementGroup = ec2Operation<DeletePlacementGroupCommandInput, DeletePlacementGroupCommandOutput>()(
  {
    name: 'DeletePlacementGroup',
    schema: parameters({ GroupName: z.string() }),
    readOnly: false,
    about: { kind: 'placement-group', by: 'GroupName' },
    handler: ({ ledger }, { GroupName }, context) => {
      const { id } = groupByName(ledger, context, GroupName);
      ledger.transact((transaction) => {
        transaction.delete(placementGroupRecords, context, GroupName);
        putTags(transaction, context, id, {});
      });
      return {};
    },
  },
);

function groupByName(ledger: Ledger, scope: Scope, name: string): PlacementGroupRecord {
  const group = ledger.get(placementGroupRecords, scope, name);
  if (!group) throw notFound('placement-group', name);
  return group;
}

function groupById(ledger: Ledger, scope: Scope, id: string): PlacementGroupRecord {
  const [group] = ledger.by(placementGroupRecords, scope, 'id', { value: id });
  if (!group) throw notFound('placement-group', id);
  return group;
}

function groupView(ledger: Ledger, group: PlacementGroupRecord): PlacementGroup {
  const { id, name, strategy, partitionCount, spreadLevel } = group;
  return {
    GroupId: id,
    GroupArn: resourceArn(group, 'placement-group', name),
    GroupName: name,
    State: 'available',
    // Checked when they were given.
    Strategy: strategy as PlacementStrategy,
    ...(partitionCount === undefined ? {} : { PartitionCount: partitionCount }),
    ...(spreadLevel === undefined ? {} : { SpreadLevel: spreadLevel as SpreadLevel }),
    Tags: tagSet(ledger, group, id),
  };
}
