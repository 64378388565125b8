import assert from 'node:assert/strict';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-scheduler';
import type { Clients } from '../support/sdk.ts';

const Name = 'golden';
const Target = {
  Arn: 'arn:aws:scheduler:::aws-sdk:batch:submitJob',
  RoleArn: 'arn:aws:iam::123456789012:role/golden',
  Input: '{"JobName":"golden","JobQueue":"golden","JobDefinition":"says"}',
  RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 3 },
};
const schedule = {
  ScheduleExpression: 'cron(30 2 1 1 ? 2099)',
  ScheduleExpressionTimezone: 'Europe/Berlin',
  FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
} as const;

/** Makes a group with a schedule that waits for its time. */
export async function makeSchedules({ scheduler }: Clients): Promise<void> {
  await scheduler.send(new CreateScheduleGroupCommand({ Name, Tags: [{ Key: 'team', Value: 'golden' }] }));
  await scheduler.send(new CreateScheduleCommand({ Name, GroupName: Name, Target, ...schedule }));
}

export async function expectSchedules({ scheduler }: Clients): Promise<void> {
  const found = await scheduler.send(new GetScheduleCommand({ Name, GroupName: Name }));
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow } = found;
  assert.deepEqual({ ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow }, schedule);
  assert.deepEqual(found.Target, Target);
  const ResourceArn = 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/golden';
  const { Tags } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }));
  assert.deepEqual(Tags, [{ Key: 'team', Value: 'golden' }]);
}
