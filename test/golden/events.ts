import assert from 'node:assert/strict';
import {
  CreateEventBusCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import type { Clients } from '../support/sdk.ts';

const EventBusName = 'golden';
const EventPattern = '{"source":["golden"]}';
const Targets = [{ Id: 'topic', Arn: 'arn:aws:sns:us-east-1:123456789012:golden', Input: '{"a":1}' }];
const schedule = { Name: 'golden', ScheduleExpression: 'rate(30 days)' };

/** Makes a bus, a rule with a target on it, and one that waits for its time. */
export async function makeEvents({ events }: Clients): Promise<void> {
  await events.send(new CreateEventBusCommand({ Name: EventBusName, Tags: [{ Key: 'team', Value: 'golden' }] }));
  await events.send(new PutRuleCommand({ Name: 'golden', EventBusName, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'golden', EventBusName, Targets }));
  await events.send(new PutRuleCommand(schedule));
}

export async function expectEvents({ events }: Clients): Promise<void> {
  const rule = await events.send(new DescribeRuleCommand({ Name: 'golden', EventBusName }));
  assert.equal(rule.EventPattern, EventPattern);
  const found = await events.send(new ListTargetsByRuleCommand({ Rule: 'golden', EventBusName }));
  assert.deepEqual(found.Targets, Targets);
  const scheduled = await events.send(new DescribeRuleCommand({ Name: 'golden' }));
  assert.equal(scheduled.ScheduleExpression, schedule.ScheduleExpression);
}
