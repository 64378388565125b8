import type {
  CreateScheduleCommandInput,
  CreateScheduleCommandOutput,
  DeleteScheduleCommandInput,
  DeleteScheduleCommandOutput,
  UpdateScheduleCommandInput,
  UpdateScheduleCommandOutput,
} from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import type { Unvalidated } from '../../../core/unvalidated.ts';
import { passRole, scheduleAccess } from '../access.ts';
import { isOnce } from '../firing/index.ts';
import { findSchedule, requireLivingGroup, requireSchedule } from '../groups.ts';
import { quotas } from '../limits.ts';
import { defaultGroup, scheduleArn } from '../names.ts';
import { schedulerOperation } from '../operation.ts';
import { type ScheduleRecord, scheduleKey, scheduleRecords } from '../records.ts';
import { scheduleExists, tooMany } from '../refusals.ts';
import { checkRole } from '../roles.ts';
import { readSchedule, type ScheduleInput, scheduleSchema } from '../schedule-input.ts';
import * as shapes from '../shapes.ts';
import { readTarget } from '../targets/index.ts';

function placeOf({ Name: name, GroupName: group = defaultGroup }: Pick<ScheduleInput, 'Name' | 'GroupName'>) {
  return { name, group };
}

/** What a schedule is given may be anybody's secret. */
const audit = { kind: 'management', hide: ['Input'] } as const;

function putAccess(action: string) {
  return (input: Unvalidated<ScheduleInput>, context: Scope) => [
    scheduleAccess(action, context, input),
    ...passRole((input.Target as { readonly RoleArn?: unknown } | undefined)?.RoleArn),
  ];
}

export const createSchedule = schedulerOperation<
  CreateScheduleCommandInput,
  CreateScheduleCommandOutput
>()<ScheduleInput>({
  schema: scheduleSchema,
  readOnly: false,
  audit,
  access: putAccess('CreateSchedule'),
  handler: async (runtime, input, context) => {
    const { ledger, clock, tokens, firing, apis } = runtime;
    const place = placeOf(input);
    const target = await readTarget(context, apis, input.Target);
    return tokens.once(context, { operation: 'CreateSchedule', input }, (transaction) => {
      requireLivingGroup(ledger, context, place.group);
      if (findSchedule(ledger, context, place)) scheduleExists(place.name);
      if (ledger.count(scheduleRecords, context) >= quotas.schedules) tooMany('schedules', quotas.schedules);
      const now = clock.now();
      const schedule = readSchedule(context, input, { target, before: undefined, now });
      checkRole(runtime, context, place.group, target.roleArn);
      transaction.put(scheduleRecords, schedule);
      firing.begin(transaction, schedule, beginning(schedule, now));
      return { ScheduleArn: scheduleArn(context, place) };
    });
  },
});

export const updateSchedule = schedulerOperation<
  UpdateScheduleCommandInput,
  UpdateScheduleCommandOutput
>()<ScheduleInput>({
  schema: scheduleSchema,
  readOnly: false,
  audit,
  access: putAccess('UpdateSchedule'),
  handler: async (runtime, input, context) => {
    const { ledger, clock, tokens, firing, apis } = runtime;
    const place = placeOf(input);
    const target = await readTarget(context, apis, input.Target);
    return tokens.once(context, { operation: 'UpdateSchedule', input }, (transaction) => {
      requireLivingGroup(ledger, context, place.group);
      const before = requireSchedule(ledger, context, place);
      const now = clock.now();
      const schedule = readSchedule(context, input, { target, before, now });
      checkRole(runtime, context, place.group, target.roleArn);
      transaction.put(scheduleRecords, schedule);
      const hasNewTimes = before.revision !== schedule.revision;
      // What goes on as it was keeps its next slot.
      if (hasNewTimes || before.isEnabled !== schedule.isEnabled) {
        firing.begin(transaction, schedule, hasNewTimes ? beginning(schedule, now) : now);
      }
      return { ScheduleArn: scheduleArn(context, place) };
    });
  },
});

/**
 * A rate whose times are new begins at once; one that began a moment ago has its first slot. What happens once does so however
 * long ago that was, as AWS was measured to do.
 */
function beginning(schedule: ScheduleRecord, now: number): number {
  if (isOnce(schedule)) return 0;
  return Math.min(now, schedule.startAt ?? schedule.anchorAt);
}

const deleteSchema = z.object({
  Name: shapes.name,
  GroupName: shapes.name.optional(),
  ClientToken: shapes.clientToken.optional(),
});

export const deleteSchedule = schedulerOperation<DeleteScheduleCommandInput, DeleteScheduleCommandOutput>()<
  z.infer<typeof deleteSchema>
>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: (input, context) => [scheduleAccess('DeleteSchedule', context, input)],
  handler: ({ ledger, tokens, firing }, input, context) =>
    tokens.once(context, { operation: 'DeleteSchedule', input }, (transaction) => {
      const schedule = requireSchedule(ledger, context, placeOf(input));
      transaction.delete(scheduleRecords, context, scheduleKey(schedule));
      firing.end(transaction, schedule);
      return {};
    }),
});
