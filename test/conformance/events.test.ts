import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  InvalidEventPatternException,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  ManagedRuleException,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { clientsOf } from '../support/sdk.ts';
import { account, openYard, refusalOf, region } from './yard.ts';

const { events, states, server } = await openYard();
const name = 'StepFunctionsGetEventsForBatchJobsRule';
const prefix = `arn:aws:events:${region}:${account}`;
const target = { Id: `${name}-Id`, Arn: `arn:aws:states:${region}:::` };

test('the default event bus is listed and described', async () => {
  const bus = { Name: 'default', Arn: `${prefix}:event-bus/default` };
  const { EventBuses, NextToken } = await events.send(new ListEventBusesCommand({ NamePrefix: 'd', Limit: 10 }));
  assert.deepEqual([EventBuses, NextToken], [[bus], undefined]);
  const { $metadata: _, ...described } = await events.send(new DescribeEventBusCommand({}));
  assert.deepEqual(described, bus);
  const missing = events.send(new DescribeEventBusCommand({ Name: 'own' }));
  await assert.rejects(missing, (error) => error instanceof ResourceNotFoundException);
});

test('the rule that waits for jobs is there from the first state machine on that does, and outlives the server', async () => {
  assert.deepEqual((await events.send(new ListRulesCommand({}))).Rules, []);
  const Parameters = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' };
  const Run = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Parameters, End: true };
  const definition = JSON.stringify({ StartAt: 'Run', States: { Run } });
  const roleArn = `arn:aws:iam::${account}:role/r`;
  await states.send(new CreateStateMachineCommand({ name: 'waits', definition, roleArn }));
  await server.stop();
  await server.restart();
  const again = clientsOf(server).events;
  const page = { EventBusName: 'default', Limit: 10 };
  const { Rules = [] } = await again.send(new ListRulesCommand({ NamePrefix: 'StepFunctions', ...page }));
  const { $metadata: _, EventPattern = '', ...rule } = await again.send(new DescribeRuleCommand({ Name: name }));
  assert.deepEqual(rule, {
    ...{ Name: name, Arn: `${prefix}:rule/${name}`, State: 'ENABLED', EventBusName: 'default', CreatedBy: account },
    Description: 'This rule is used to notify Step Functions regarding AWS Batch jobs',
    ManagedBy: 'states.amazonaws.com',
  });
  const { CreatedBy: _createdBy, ...listed } = { ...rule, EventPattern };
  assert.deepEqual(Rules, [listed]);
  const { source, detail, 'detail-type': type } = JSON.parse(EventPattern);
  assert.deepEqual([source, type, detail.status], [['aws.batch'], ['Batch Job State Change'], ['SUCCEEDED', 'FAILED']]);
  const targets = await again.send(new ListTargetsByRuleCommand({ Rule: name, ...page }));
  assert.deepEqual(targets.Targets, [target]);
  const byTarget = await again.send(new ListRuleNamesByTargetCommand({ TargetArn: target.Arn, ...page }));
  assert.deepEqual(byTarget.RuleNames, [name]);
  const tags = await again.send(new ListTagsForResourceCommand({ ResourceARN: rule.Arn }));
  assert.deepEqual(tags.Tags, []);
  again.destroy();
});

test('the rule that waits for jobs belongs to Step Functions: nobody else changes it', async () => {
  const { events: client, close } = clientsOf(server);
  const EventBusName = 'default';
  const changes = [
    client.send(new PutRuleCommand({ Name: name, EventPattern: '{"source":["x"]}' })),
    client.send(new DeleteRuleCommand({ Name: name, EventBusName })),
    client.send(new EnableRuleCommand({ Name: name, EventBusName })),
    client.send(new DisableRuleCommand({ Name: name, EventBusName })),
    client.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets: [target] })),
    client.send(new RemoveTargetsCommand({ Rule: name, EventBusName, Ids: [target.Id] })),
  ];
  for (const outcome of await Promise.allSettled(changes)) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ManagedRuleException);
    assert.match(outcome.reason.message, new RegExp(`^${name} is a managed rule\\.`));
  }
  const forced = await refusalOf(client.send(new DeleteRuleCommand({ Name: name, Force: true })));
  assert.deepEqual(
    [forced.name, forced.message],
    ['ValidationException', "Rule can't be deleted since it has targets."],
  );
  close();
});

test('a pattern is tried on an event, and refused where it is none', async () => {
  const event = {
    ...{ id: '1', account, region, time: '2026-10-02T16:24:49Z', source: 'aws.batch' },
    'detail-type': 'Batch Job State Change',
    detail: { jobName: 'nightly', status: 'FAILED', attempts: [{ container: { exitCode: 137 } }] },
  };
  const tried = async (pattern: object) => {
    const input = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) };
    return (await events.send(new TestEventPatternCommand(input))).Result;
  };
  assert.equal(
    await tried({ source: ['aws.batch'], detail: { status: ['FAILED'], jobName: [{ prefix: 'night' }] } }),
    true,
  );
  assert.equal(await tried({ detail: { attempts: { container: { exitCode: [{ numeric: ['>', 128] }] } } } }), true);
  assert.equal(await tried({ detail: { status: [{ 'anything-but': 'FAILED' }] } }), false);
  await assert.rejects(tried({ detail: { status: 'FAILED' } }), (error) => {
    assert.ok(error instanceof InvalidEventPatternException);
    assert.equal(error.message, 'Event pattern is not valid. Reason: "status" must be an object or an array');
    return true;
  });
});
