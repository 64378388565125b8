import type {
  GetScheduleCommandInput,
  GetScheduleCommandOutput,
  ListSchedulesCommandInput,
  ListSchedulesCommandOutput,
} from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import { pageFrom } from '../../../core/page.ts';
import { present } from '../../../core/present.ts';
import { anyResource, scheduleAccess } from '../access.ts';
import { requireGroup, requireSchedule } from '../groups.ts';
import { defaultGroup, scheduleArn } from '../names.ts';
import { schedulerOperation } from '../operation.ts';
import { type ScheduleRecord, scheduleKey, scheduleRecords } from '../records.ts';
import { invalidToken } from '../refusals.ts';
import type { SchedulerRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';
import { targetDetail } from '../targets/index.ts';

/** What lists and descriptions tell of a schedule. */
function shown(schedule: ScheduleRecord) {
  const { group, name, isEnabled, createdAt, changedAt } = schedule;
  return {
    ...{ Arn: scheduleArn(schedule, schedule), GroupName: group, Name: name },
    State: isEnabled ? ('ENABLED' as const) : ('DISABLED' as const),
    ...{ CreationDate: new Date(createdAt), LastModificationDate: new Date(changedAt) },
  };
}

const getSchema = z.object({ Name: shapes.name, GroupName: shapes.name.optional() });

export const getSchedule = schedulerOperation<GetScheduleCommandInput, GetScheduleCommandOutput>()<
  z.infer<typeof getSchema>
>({
  schema: getSchema,
  readOnly: true,
  audit: 'management',
  access: (input, context) => [scheduleAccess('GetSchedule', context, input)],
  handler: ({ ledger }, { Name: name, GroupName: group = defaultGroup }, context) =>
    detail(requireSchedule(ledger, context, { group, name })),
});

function detail(schedule: ScheduleRecord) {
  const { expression, timeZone = 'UTC', startAt, endAt, windowMinutes, deletesItself } = schedule;
  const { description, kmsKeyArn, target } = schedule;
  return {
    ...shown(schedule),
    ...{ ScheduleExpression: expression, ScheduleExpressionTimezone: timeZone, Target: targetDetail(target) },
    ...present({
      StartDate: startAt === undefined ? undefined : new Date(startAt),
      EndDate: endAt === undefined ? undefined : new Date(endAt),
      Description: description,
      KmsKeyArn: kmsKeyArn,
    }),
    FlexibleTimeWindow:
      windowMinutes === undefined
        ? { Mode: 'OFF' as const }
        : { Mode: 'FLEXIBLE' as const, MaximumWindowInMinutes: windowMinutes },
    ActionAfterCompletion: deletesItself ? ('DELETE' as const) : ('NONE' as const),
  };
}

const listSchema = z.object({
  GroupName: shapes.name.optional(),
  NamePrefix: shapes.name.optional(),
  State: shapes.state.optional(),
  ...shapes.pageMembers,
});
type ListInput = z.infer<typeof listSchema>;

export const listSchedules = schedulerOperation<ListSchedulesCommandInput, ListSchedulesCommandOutput>()<ListInput>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListSchedules'),
  handler: (runtime, input, context) => {
    const { GroupName: group, NamePrefix: prefix = '', State: state, MaxResults: size = 100, NextToken: token } = input;
    if (group !== undefined) requireGroup(runtime.ledger, context, group);
    const kind = ['schedules', group ?? '', prefix, state ?? ''].join(' ');
    const after = (key: string | undefined) => schedules(runtime, context, input, key);
    const keyOf = (schedule: ScheduleRecord) => (group === undefined ? scheduleKey(schedule) : schedule.name);
    const { items, nextToken } = pageFrom(after, keyOf, { kind, size, token, refuse: invalidToken });
    const Schedules = items.map((schedule) => ({ ...shown(schedule), Target: { Arn: schedule.target.arn } }));
    return { Schedules, ...present({ NextToken: nextToken }) };
  },
});

type Place = Parameters<SchedulerRuntime['ledger']['list']>[1];

/** In the order of groups and names, those behind a place. */
function* schedules(
  { ledger }: SchedulerRuntime,
  scope: Place,
  { GroupName: group, NamePrefix: prefix = '', State: state }: ListInput,
  after: string | undefined,
): Generator<ScheduleRecord> {
  const found =
    group === undefined
      ? ledger.by(scheduleRecords, scope, 'all', { after })
      : ledger.by(scheduleRecords, scope, 'group', { value: group, after });
  for (const schedule of found) {
    const isOf = schedule.name.startsWith(prefix);
    if (isOf && (state === undefined || schedule.isEnabled === (state === 'ENABLED'))) yield schedule;
  }
}
