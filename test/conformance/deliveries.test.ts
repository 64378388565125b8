import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn', '--iam-deliveries', 'if-allowed']);
const clients = clientsOf(server);
after(clients.close);
const { sqs, sns, events, logs, iam, states } = clients;

const arnOf = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;

function allowing(service: string, Action: string, Resource: string, source: string): string {
  const Condition = { ArnEquals: { 'aws:SourceArn': source }, StringEquals: { 'aws:SourceAccount': account } };
  const Statement = [{ Effect: 'Allow', Principal: { Service: service }, Action, Resource, Condition }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

async function newQueue(QueueName: string, Policy?: string): Promise<string> {
  const Attributes = Policy === undefined ? {} : { Policy };
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? assert.fail();
}

async function bodiesIn(QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body);
}

test('SNS delivers to the queues whose policy allows it for that topic, and to no other', async () => {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  const closed = await newQueue('closed');
  const open = await newQueue('open', allowing('sns.amazonaws.com', 'sqs:SendMessage', arnOf('sqs', 'open'), TopicArn));
  for (const name of ['closed', 'open']) {
    const Attributes = { RawMessageDelivery: 'true' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arnOf('sqs', name), Attributes }));
  }
  await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  assert.deepEqual(await bodiesIn(open), ['hello']);
  assert.deepEqual(await bodiesIn(closed), []);
});

test('EventBridge delivers what policies of queues and of Logs allow for that rule; the rest is a dead letter', async () => {
  const rule = arnOf('events', 'rule/orders');
  const letters = await newQueue('letters', allowing('events.amazonaws.com', 'sqs:*', arnOf('sqs', 'letters'), rule));
  const work = await newQueue('work');
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/events/orders' }));
  const group = arnOf('logs', 'log-group:/aws/events/orders');
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }));
  const DeadLetterConfig = { Arn: arnOf('sqs', 'letters') };
  const Targets = [
    { Id: 'queue', Arn: arnOf('sqs', 'work'), DeadLetterConfig },
    { Id: 'logs', Arn: group, DeadLetterConfig },
  ];
  await events.send(new PutTargetsCommand({ Rule: 'orders', Targets }));
  const put = async () => {
    const Entries = [{ Source: 'shop', DetailType: 'order', Detail: '{"n":1}' }];
    assert.equal((await events.send(new PutEventsCommand({ Entries }))).FailedEntryCount, 0);
  };
  await put();
  const dead: string[] = [];
  await until('both are dead letters', async () => {
    dead.push(...(await bodiesIn(letters)));
    return dead.length === 2;
  });
  assert.deepEqual(await bodiesIn(work), []);
  const Policy = allowing('events.amazonaws.com', 'sqs:SendMessage', arnOf('sqs', 'work'), rule);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: work, Attributes: { Policy } }));
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      ...{ Effect: 'Allow', Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] } },
      ...{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `${group}:*` },
    },
  });
  await logs.send(new PutResourcePolicyCommand({ policyName: 'events', policyDocument }));
  await put();
  await until('the queue has the event', async () => (await bodiesIn(work)).length === 1);
  await until('the log group has the event', async () => {
    const { events: found = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/events/orders' }));
    return found.length === 1;
  });
  assert.deepEqual(await bodiesIn(letters), []);
});

test('a role that trusts another service is refused for state machines and targets, from root too', async () => {
  const Statement = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'jobs', AssumeRolePolicyDocument }));
  const roleArn = Role?.Arn ?? '';
  const definition = '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}';
  const made = await refusalOf(states.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn })));
  assert.equal(made.name, 'AccessDeniedException');
  assert.match(made.message, /^Neither the global service principal states.amazonaws.com, nor the regional one/);
  await events.send(new PutRuleCommand({ Name: 'machines', EventPattern: '{"source":["shop"]}' }));
  const Targets = [{ Id: 'x', Arn: arnOf('states', 'stateMachine:m'), RoleArn: roleArn }];
  const put = await refusalOf(events.send(new PutTargetsCommand({ Rule: 'machines', Targets })));
  assert.equal(put.name, 'ValidationException');
  assert.equal(put.message, `Provided role '${roleArn}' cannot be assumed by principal 'events.amazonaws.com'.`);
});
