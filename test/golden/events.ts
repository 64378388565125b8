import assert from 'node:assert/strict';
import {
  CreateApiDestinationCommand,
  CreateArchiveCommand,
  CreateConnectionCommand,
  CreateEventBusCommand,
  DescribeArchiveCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import type { Clients } from '../support/sdk.ts';
import { until } from '../support/wait.ts';

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
  await makeArchive(events);
  await makeEndpoint(events);
}

async function makeArchive(events: Clients['events']): Promise<void> {
  const { EventBusArn: Arn } = await events.send(new CreateEventBusCommand({ Name: 'archived' }));
  const { ArchiveArn } = await events.send(new CreateArchiveCommand({ ArchiveName: 'golden', EventSourceArn: Arn }));
  const entry = { Source: 'golden', DetailType: 'd', Detail: '{"a":1}', EventBusName: 'archived' };
  await events.send(new PutEventsCommand({ Entries: [entry] }));
  await until('the event is archived', async () => {
    const { EventCount } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'golden' }));
    return EventCount === 1;
  });
  const range = { EventStartTime: new Date(0), EventEndTime: new Date(4_000_000_000_000) };
  const replay = { ReplayName: 'golden', EventSourceArn: ArchiveArn, Destination: { Arn }, ...range };
  await events.send(new StartReplayCommand(replay));
}

async function makeEndpoint(events: Clients['events']): Promise<void> {
  const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 'golden' } };
  const connection = { Name: 'golden', AuthorizationType: 'API_KEY', AuthParameters } as const;
  const { ConnectionArn } = await events.send(new CreateConnectionCommand(connection));
  const InvocationEndpoint = 'https://golden.example/';
  await events.send(
    new CreateApiDestinationCommand({ Name: 'golden', ConnectionArn, HttpMethod: 'POST', InvocationEndpoint }),
  );
}

export async function expectEvents({ events }: Clients): Promise<void> {
  const rule = await events.send(new DescribeRuleCommand({ Name: 'golden', EventBusName }));
  assert.equal(rule.EventPattern, EventPattern);
  const found = await events.send(new ListTargetsByRuleCommand({ Rule: 'golden', EventBusName }));
  assert.deepEqual(found.Targets, Targets);
  const scheduled = await events.send(new DescribeRuleCommand({ Name: 'golden' }));
  assert.equal(scheduled.ScheduleExpression, schedule.ScheduleExpression);
}
