import type {
  CreateScheduleGroupCommandInput,
  CreateScheduleGroupCommandOutput,
  DeleteScheduleGroupCommandInput,
  DeleteScheduleGroupCommandOutput,
  GetScheduleGroupCommandInput,
  GetScheduleGroupCommandOutput,
  ListScheduleGroupsCommandInput,
  ListScheduleGroupsCommandOutput,
} from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { pageOf } from '../../../core/page.ts';
import { present } from '../../../core/present.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { anyResource, groupAccess, scheduleAccess } from '../access.ts';
import { findGroup, requireGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { defaultGroup, groupArn } from '../names.ts';
import { schedulerOperation } from '../operation.ts';
import { type ScheduleGroupRecord, scheduleGroupRecords } from '../records.ts';
import { groupExists, groupIsDeleting, invalid, invalidToken, tooMany } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { readTags, tagsIn } from '../tags.ts';

function shown(group: ScheduleGroupRecord) {
  const { name, isDeleting, createdAt, changedAt } = group;
  // Nobody made the default group.
  const times = createdAt === 0 ? {} : { CreationDate: new Date(createdAt), LastModificationDate: new Date(changedAt) };
  const State = isDeleting ? ('DELETING' as const) : ('ACTIVE' as const);
  return { Arn: groupArn(group, name), Name: name, State, ...times };
}

const createSchema = z.object({
  Name: shapes.name,
  Tags: shapes.tagList.optional(),
  ClientToken: shapes.clientToken.optional(),
});

export const createScheduleGroup = schedulerOperation<
  CreateScheduleGroupCommandInput,
  CreateScheduleGroupCommandOutput
>()<z.infer<typeof createSchema>>({
  schema: createSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, Tags }, context, runtime) =>
    ['CreateScheduleGroup', ...(tagsIn(Tags) ? ['TagResource'] : [])].map((action) => {
      const request = groupAccess(action, context, Name, runtime);
      return { ...request, conditions: { ...request.conditions, ...givenTagConditions(Tags) } };
    }),
  handler: ({ ledger, clock, tokens }, input, context) => {
    const { Name: name } = input;
    const tags = readTags(input.Tags);
    return tokens.once(context, { operation: 'CreateScheduleGroup', input }, (transaction) => {
      const found = findGroup(ledger, context, name);
      if (found?.isDeleting) groupIsDeleting(name);
      if (found) groupExists(name);
      if (ledger.count(scheduleGroupRecords, context) >= quotas.groups) tooMany('schedule groups', quotas.groups);
      const now = clock.now();
      transaction.put(scheduleGroupRecords, { ...scopeOf(context), name, tags, createdAt: now, changedAt: now });
      return { ScheduleGroupArn: groupArn(context, name) };
    });
  },
});

const deleteSchema = z.object({ Name: shapes.name, ClientToken: shapes.clientToken.optional() });

export const deleteScheduleGroup = schedulerOperation<
  DeleteScheduleGroupCommandInput,
  DeleteScheduleGroupCommandOutput
>()<z.infer<typeof deleteSchema>>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context, runtime) => [
    groupAccess('DeleteScheduleGroup', context, Name, runtime),
    scheduleAccess('DeleteSchedule', context, { GroupName: Name, Name: '*' }),
  ],
  handler: ({ ledger, tokens, removal }, input, context) =>
    tokens.once(context, { operation: 'DeleteScheduleGroup', input }, (transaction) => {
      const { Name: name } = input;
      if (name === defaultGroup) invalid('The default schedule group cannot be deleted.');
      const group = requireGroup(ledger, context, name);
      if (group.isDeleting) groupIsDeleting(name);
      removal.begin(transaction, group);
      return {};
    }),
});

const getSchema = z.object({ Name: shapes.name });

export const getScheduleGroup = schedulerOperation<GetScheduleGroupCommandInput, GetScheduleGroupCommandOutput>()<
  z.infer<typeof getSchema>
>({
  schema: getSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Name }, context, runtime) => [groupAccess('GetScheduleGroup', context, Name, runtime)],
  handler: ({ ledger }, { Name }, context) => shown(requireGroup(ledger, context, Name)),
});

const listSchema = z.object({ NamePrefix: shapes.name.optional(), ...shapes.pageMembers });

export const listScheduleGroups = schedulerOperation<ListScheduleGroupsCommandInput, ListScheduleGroupsCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListScheduleGroups'),
  handler: ({ ledger }, { NamePrefix: prefix = '', MaxResults: size = 100, NextToken: token }, context) => {
    const own = ledger.list(scheduleGroupRecords, context).filter(({ name }) => name !== defaultGroup);
    const groups = [requireGroup(ledger, context, defaultGroup), ...own].filter(({ name }) => name.startsWith(prefix));
    const request = { kind: `schedule-groups ${prefix}`, size, token, refuse: invalidToken };
    const { items, nextToken } = pageOf(groups, ({ name }) => name, request);
    return { ScheduleGroups: items.map(shown), ...present({ NextToken: nextToken }) };
  },
});
