import { z } from 'zod';
import { type Scope, scopeOf } from '../../core/arn.ts';
import { present } from '../../core/present.ts';
import { isTimeZone, parseTiming } from '../../schedules/index.ts';
import { earliestStart } from './limits.ts';
import { defaultGroup } from './names.ts';
import type { ScheduleRecord, StoredTarget } from './records.ts';
import { invalid } from './refusals.ts';
import * as shapes from './shapes.ts';
import { targetSchema } from './targets/index.ts';

/** What a schedule is made of. An update gives all of it: what is not given is as it would be by default (API reference). */
export const scheduleSchema = z.object({
  Name: shapes.name,
  GroupName: shapes.name.optional(),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).optional(),
  StartDate: shapes.time.optional(),
  EndDate: shapes.time.optional(),
  Description: z.string().max(512).optional(),
  State: shapes.state.optional(),
  KmsKeyArn: z
    .string()
    .min(1)
    .max(2048)
    .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*$/)
    .optional(),
  Target: targetSchema,
  FlexibleTimeWindow: z.object({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.int().min(1).max(1440).optional(),
  }),
  ClientToken: shapes.clientToken.optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).optional(),
});
export type ScheduleInput = z.infer<typeof scheduleSchema>;

/** Checks a schedule and makes what is stored of it, in the place of `before`. Throws `ValidationException`. */
export function readSchedule(
  scope: Scope,
  given: ScheduleInput,
  { target, before, now }: { target: StoredTarget; before: ScheduleRecord | undefined; now: number },
): ScheduleRecord {
  const times = timesOf(given);
  checkTimes(given, now);
  const isSame = before !== undefined && sameTimes(before, times);
  // Whole seconds, as clients are told.
  const second = Math.floor(now / 1000) * 1000;
  return {
    ...scopeOf(scope),
    ...{ group: given.GroupName ?? defaultGroup, name: given.Name },
    ...times,
    anchorAt: isSame ? before.anchorAt : second,
    revision: before ? before.revision + (isSame ? 0 : 1) : 1,
    isEnabled: given.State !== 'DISABLED',
    deletesItself: given.ActionAfterCompletion === 'DELETE',
    ...present({ description: given.Description, kmsKeyArn: given.KmsKeyArn }),
    target,
    ...{ createdAt: before?.createdAt ?? now, changedAt: now },
  };
}

type Times = Pick<ScheduleRecord, 'expression' | 'timeZone' | 'startAt' | 'endAt' | 'windowMinutes'>;

function timesOf(given: ScheduleInput): Times {
  return {
    expression: given.ScheduleExpression,
    ...present({
      timeZone: given.ScheduleExpressionTimezone,
      startAt: given.StartDate?.getTime(),
      endAt: given.EndDate?.getTime(),
      windowMinutes: windowOf(given.FlexibleTimeWindow),
    }),
  };
}

function windowOf({ Mode, MaximumWindowInMinutes: minutes }: ScheduleInput['FlexibleTimeWindow']): number | undefined {
  if (Mode === 'FLEXIBLE') return minutes ?? invalid('A FLEXIBLE time window must have MaximumWindowInMinutes.');
  if (minutes !== undefined) invalid('A time window that is OFF has no MaximumWindowInMinutes.');
  return undefined;
}

function checkTimes(given: ScheduleInput, now: number): void {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: zone = 'UTC', StartDate, EndDate } = given;
  if (!isTimeZone(zone)) invalid(`The ScheduleExpressionTimezone ${zone} is not a time zone.`);
  const [startAt, endAt] = [StartDate?.getTime(), EndDate?.getTime()];
  const timing = parseTiming({ expression, zone, anchorAt: now, startAt, endAt });
  const { kind } = timing?.recurrence ?? invalid(`Invalid Schedule Expression ${expression}.`);
  // What happens once has no bounds, whatever is given.
  if (kind === 'once') return;
  if (startAt !== undefined && startAt < now - earliestStart) {
    invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  if (endAt !== undefined && endAt <= now) invalid('The EndDate you specify cannot be in the past.');
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt) {
    invalid('The StartDate you specify must come before the EndDate.');
  }
}

function sameTimes(before: Times, after: Times): boolean {
  const of = ({ expression, timeZone = 'UTC', startAt, endAt, windowMinutes }: Times) =>
    JSON.stringify([expression, timeZone, startAt ?? null, endAt ?? null, windowMinutes ?? null]);
  return of(before) === of(after);
}
