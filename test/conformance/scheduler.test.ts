import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListJobsCommand } from '@aws-sdk/client-batch';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  TagResourceCommand,
  type Target,
  UntagResourceCommand,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { CreateStateMachineCommand, DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { registerShell } from '../support/jobs.ts';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { makeTrustingRole } from './trusting-role.ts';
import { account, openYard, region } from './yard.ts';

const { batch, events, iam, scheduler, server, sns, sqs, states } = await openYard();
const prefix = `arn:aws:scheduler:${region}:${account}`;
const RoleArn = `arn:aws:iam::${account}:role/scheduler`;
const FlexibleTimeWindow = { Mode: 'OFF' } as const;

async function queue(QueueName: string) {
  const Attributes: Record<string, string> = QueueName.endsWith('.fifo')
    ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
    : {};
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const next = async (): Promise<Message> =>
    until(`a message in ${QueueName}`, async () => {
      const asked = { QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'], AttributeNames: ['All' as const] };
      const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand(asked));
      if (message) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      return message;
    });
  return { Arn: `arn:aws:sqs:${region}:${account}:${QueueName}`, next };
}

/** A schedule that fires at once, and not again while the tests go on. */
async function fireAt(Name: string, target: Omit<Target, 'RoleArn'>, more: Partial<CreateScheduleCommandInput> = {}) {
  const Target = { RoleArn, ...target };
  const schedule = { Name, ScheduleExpression: 'rate(1 day)', Target, FlexibleTimeWindow, ...more };
  return scheduler.send(new CreateScheduleCommand(schedule));
}

test('a schedule is read back as it was given, changed as a whole, listed and deleted', async () => {
  const waits = await queue('waits');
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'kept' }));
  const given = {
    ...{ Name: 'nightly', GroupName: 'kept', Description: 'each night' },
    State: 'DISABLED',
    ...{ ScheduleExpression: 'cron(30 2 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin' },
    ...{ StartDate: new Date('2090-01-01T00:00:00Z'), EndDate: new Date('2091-01-01T00:00:00Z') },
    KmsKeyArn: `arn:aws:kms:${region}:${account}:key/k`,
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    ActionAfterCompletion: 'DELETE',
    Target: {
      ...{ Arn: waits.Arn, RoleArn, Input: '<aws.scheduler.scheduled-time>' },
      DeadLetterConfig: { Arn: waits.Arn },
      RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 3 },
    },
  } as const;
  const { ScheduleArn } = await scheduler.send(new CreateScheduleCommand(given));
  assert.equal(ScheduleArn, `${prefix}:schedule/kept/nightly`);
  const place = { Name: 'nightly', GroupName: 'kept' };
  const { $metadata: _, ...shown } = await scheduler.send(new GetScheduleCommand(place));
  const { CreationDate, LastModificationDate, ...rest } = shown;
  assert.deepEqual(rest, { ...given, Arn: ScheduleArn });
  assert.ok(CreationDate instanceof Date && LastModificationDate instanceof Date);

  const again = scheduler.send(new CreateScheduleCommand(given));
  await assert.rejects(again, (error) => error instanceof ConflictException && /already exists/.test(error.message));
  const update = { ...place, ScheduleExpression: 'rate(7 days)', Target: { Arn: waits.Arn, RoleArn } };
  await scheduler.send(new UpdateScheduleCommand({ ...update, State: 'DISABLED', FlexibleTimeWindow }));
  const changed = await scheduler.send(new GetScheduleCommand(place));
  assert.deepEqual(
    [changed.Description, changed.ScheduleExpressionTimezone, changed.ActionAfterCompletion, changed.StartDate],
    [undefined, 'UTC', 'NONE', undefined],
  );
  assert.deepEqual(changed.FlexibleTimeWindow, { Mode: 'OFF' });

  for (const Name of ['other-a', 'other-b']) {
    await fireAt(Name, { Arn: waits.Arn }, { GroupName: 'kept', State: 'DISABLED' });
  }
  const listed = async (input: object, pageSize = 2) => {
    const names: (string | undefined)[] = [];
    for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler, pageSize }, input)) {
      names.push(...Schedules.map(({ Name }) => Name));
    }
    return names;
  };
  assert.deepEqual(await listed({ GroupName: 'kept' }), ['nightly', 'other-a', 'other-b']);
  assert.deepEqual(await listed({ GroupName: 'kept', NamePrefix: 'other' }, 1), ['other-a', 'other-b']);
  assert.deepEqual(await listed({ GroupName: 'kept', State: 'ENABLED' }), []);
  const { Schedules: [first] = [] } = await scheduler.send(new ListSchedulesCommand({ NamePrefix: 'night' }));
  assert.deepEqual([first?.Arn, first?.Target], [ScheduleArn, { Arn: waits.Arn }]);

  await scheduler.send(new DeleteScheduleCommand(place));
  await assert.rejects(
    scheduler.send(new GetScheduleCommand(place)),
    (error) => error instanceof ResourceNotFoundException && /Schedule nightly does not exist/.test(error.message),
  );
});

test('a group has tags, is listed beside the default one, and takes its schedules with it', async () => {
  const Tags = [{ Key: 'team', Value: 'a' }];
  const { ScheduleGroupArn: ResourceArn } = await scheduler.send(new CreateScheduleGroupCommand({ Name: 'g', Tags }));
  assert.equal(ResourceArn, `${prefix}:schedule-group/g`);
  await scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'cost', Value: '1' }] }));
  await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team', 'none'] }));
  const { Tags: left } = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }));
  assert.deepEqual(left, [{ Key: 'cost', Value: '1' }]);
  const group = await scheduler.send(new GetScheduleGroupCommand({ Name: 'g' }));
  assert.deepEqual([group.Arn, group.State], [ResourceArn, 'ACTIVE']);
  assert.ok(group.CreationDate instanceof Date);
  const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({ MaxResults: 1 }));
  assert.equal(ScheduleGroups[0]?.Name, 'default');
  const { ScheduleGroups: found = [] } = await scheduler.send(new ListScheduleGroupsCommand({ NamePrefix: 'g' }));
  assert.deepEqual(
    found.map(({ Name }) => Name),
    ['g'],
  );

  const target = await queue('of-group');
  await fireAt('of-group', { Arn: target.Arn }, { GroupName: 'g', State: 'DISABLED' });
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'g' }));
  await until('the group to be gone', async () => {
    const error = await scheduler.send(new GetScheduleGroupCommand({ Name: 'g' })).catch((thrown: unknown) => thrown);
    return error instanceof ResourceNotFoundException;
  });
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ NamePrefix: 'of-group' }));
  assert.deepEqual(Schedules, []);
});

test('a universal target submits a job, with members in either case and words about the invocation', async () => {
  await registerShell(batch, { name: 'scheduled', script: 'true' });
  const inputs = [
    {
      JobName: 'capital',
      JobQueue: 'default',
      JobDefinition: 'scheduled',
      Tags: { At: '<aws.scheduler.scheduled-time>' },
    },
    { jobName: 'small', jobQueue: 'default', jobDefinition: 'scheduled' },
  ];
  for (const [at, input] of inputs.entries()) {
    await fireAt(`submits-${at}`, { Arn: 'arn:aws:scheduler:::aws-sdk:batch:submitJob', Input: JSON.stringify(input) });
  }
  for (const name of ['capital', 'small']) {
    await until(`the job ${name} to have succeeded`, async () => {
      const filters = [{ name: 'JOB_NAME', values: [name] }];
      const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
      return jobSummaryList[0]?.status === 'SUCCEEDED' && jobSummaryList.length === 1;
    });
  }
});

test('queues, topics, state machines and buses are given their input', async () => {
  const plain = await queue('plain');
  await fireAt('to-queue', {
    Arn: plain.Arn,
    Input: 'at <aws.scheduler.scheduled-time>, try <aws.scheduler.attempt-number>',
  });
  assert.match((await plain.next()).Body ?? '', /^at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, try 1$/);

  const fifo = await queue('ordered.fifo');
  await fireAt('to-fifo', { Arn: fifo.Arn, Input: 'in order', SqsParameters: { MessageGroupId: 'g' } });
  const ordered = await fifo.next();
  assert.deepEqual([ordered.Body, ordered.Attributes?.MessageGroupId], ['in order', 'g']);

  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'told' }));
  const told = await queue('told');
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: told.Arn, Attributes }));
  await fireAt('to-topic', { Arn: TopicArn, Input: 'news' });
  assert.equal((await told.next()).Body, 'news');

  const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const machine = { name: 'started', definition, roleArn: RoleArn };
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand(machine));
  await fireAt('to-machine', { Arn: stateMachineArn, Input: '{"id":"<aws.scheduler.execution-id>"}' });
  const execution = await until('the execution', async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions[0];
  });
  const { input = '' } = await states.send(new DescribeExecutionCommand({ executionArn: execution.executionArn }));
  assert.match(input, /^\{"id":"[0-9a-f]{16}"\}$/);

  const EventBusName = 'heard';
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: EventBusName }));
  const heard = await queue('heard');
  await events.send(new PutRuleCommand({ Name: 'heard', EventBusName, EventPattern: '{"source":["mine"]}' }));
  const Targets = [{ Id: 'q', Arn: heard.Arn, InputPath: '$.detail' }];
  await events.send(new PutTargetsCommand({ Rule: 'heard', EventBusName, Targets }));
  const EventBridgeParameters = { DetailType: 'd', Source: 'mine' };
  await fireAt('to-bus', { Arn: EventBusArn, Input: '{"a":1}', EventBridgeParameters });
  assert.equal((await heard.next()).Body, '{"a":1}');

  await fireAt('without-input', { Arn: plain.Arn });
  const event = JSON.parse((await plain.next()).Body ?? '');
  assert.deepEqual([event.source, event['detail-type']], ['aws.scheduler', 'Scheduled Event']);
});

test('what a target refuses is sent to the dead-letter queue with its reasons', async () => {
  const dead = await queue('dead');
  const Input = '{"JobName":"n","JobQueue":"none","JobDefinition":"none"}';
  const target = { Arn: 'arn:aws:scheduler:::aws-sdk:batch:submitJob', Input, DeadLetterConfig: { Arn: dead.Arn } };
  await fireAt('refused', target);
  const { Body, MessageAttributes = {} } = await dead.next();
  assert.equal(Body, Input);
  const values = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  );
  assert.equal(values.ERROR_CODE, 'ClientException');
  assert.equal(values.SCHEDULE_ARN, `${prefix}:schedule/default/refused`);
  assert.equal(values.TARGET_ARN, target.Arn);
  assert.match(values.SCHEDULED_TIME ?? '', /Z$/);
});

test('a role must trust Scheduler, for schedules of the groups that it names, and may do what its policies say', async () => {
  const target = await queue('of-role');
  const denied = await queue('denied');
  const refused = (call: Promise<unknown>) =>
    assert.rejects(
      call,
      (error) =>
        error instanceof ValidationException &&
        error.message === 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    );
  const create = (Name: string, role: string, more: object = {}) => {
    const Target = { Arn: target.Arn, RoleArn: role, Input: Name, DeadLetterConfig: { Arn: denied.Arn } };
    const times = { ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow };
    return scheduler.send(new CreateScheduleCommand({ Name, Target, ...times, ...more }));
  };
  await refused(create('untrusted', await makeTrustingRole(iam, 'of-users')));

  const Condition = { StringEquals: { 'aws:SourceArn': `${prefix}:schedule-group/default` } };
  const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { ...trust, Condition } });
  const RoleName = 'of-schedules';
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const arn = Role?.Arn ?? '';
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'elsewhere' }));
  await refused(create('elsewhere', arn, { GroupName: 'elsewhere' }));

  const allow = async (Resource: string) => {
    const Statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }));
  };
  // The dead-letter queue is sent to with the same role.
  await allow(denied.Arn);
  await create('not-allowed', arn);
  const { Body, MessageAttributes } = await denied.next();
  assert.equal(Body, 'not-allowed');
  assert.match(MessageAttributes?.ERROR_MESSAGE?.StringValue ?? '', /is not authorized to perform: sqs:sendmessage/i);
  await allow(target.Arn);
  await create('allowed', arn);
  assert.equal((await target.next()).Body, 'allowed');
});

/** Makes schedules that fire once, each further ahead, until one is made before its time. */
async function onceAhead(Arn: string): Promise<string> {
  for (let seconds = 2; ; seconds *= 2) {
    const at = new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19);
    const more = { ScheduleExpression: `at(${at})`, ActionAfterCompletion: 'DELETE' } as const;
    await fireAt(`once-${seconds}`, { Arn, Input: 'once' }, more);
    if (Date.now() < Date.parse(`${at}Z`)) return `once-${seconds}`;
  }
}

test('a schedule that fires once goes when it has', async () => {
  const once = await queue('once');
  const name = await onceAhead(once.Arn);
  assert.equal((await once.next()).Body, 'once');
  await until('the schedule to be gone', async () => {
    const error = await scheduler.send(new GetScheduleCommand({ Name: name })).catch((thrown: unknown) => thrown);
    return error instanceof ResourceNotFoundException;
  });
});

test('targets that are not here are refused in words', async () => {
  const refused = async (Arn: string, more: Partial<Target>, words: RegExp) => {
    const call = fireAt('never', { Arn, ...more });
    await assert.rejects(call, (error) => error instanceof ValidationException && words.test(error.message));
  };
  const of = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  await refused(of('kinesis', 'stream/s'), { KinesisParameters: { PartitionKey: 'k' } }, /is not supported/);
  const EcsParameters = { TaskDefinitionArn: of('ecs', 'task-definition/t') };
  await refused(of('ecs', 'cluster/c'), { EcsParameters }, /is not supported/);
  await refused('arn:aws:scheduler:::aws-sdk:batch:listJobs', {}, /only reads/);
  await refused('arn:aws:scheduler:::aws-sdk:batch:makeCoffee', {}, /AWS has no batch:makeCoffee/);
  await refused('arn:aws:scheduler:::aws-sdk:rds:stopDBInstance', {}, /is not supported by this version/);
});

test('the aws CLI makes, lists and deletes a schedule', awsCli.needed, async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const own = {
    ...{ AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: region, AWS_DEFAULT_OUTPUT: 'json' },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const cli = async (...words: readonly string[]) => {
    const { exit, stdout, stderr } = await runCommand(awsCli.file, ['scheduler', ...words], { env: own });
    assert.equal(exit, 0, stderr);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const target = JSON.stringify({ Arn: `arn:aws:sqs:${region}:${account}:waits`, RoleArn });
  const made = await cli(
    ...['create-schedule', '--name', 'by-cli', '--schedule-expression', 'cron(0 2 * * ? *)'],
    ...['--schedule-expression-timezone', 'Europe/Berlin', '--flexible-time-window', 'Mode=OFF', '--target', target],
    ...['--start-date', '2090-01-01T00:00:00Z'],
  );
  assert.equal(made.ScheduleArn, `${prefix}:schedule/default/by-cli`);
  const shown = await cli('get-schedule', '--name', 'by-cli');
  // The first version of the CLI shows seconds, the second a text.
  const started = typeof shown.StartDate === 'number' ? shown.StartDate * 1000 : Date.parse(shown.StartDate);
  assert.equal(started, Date.parse('2090-01-01T00:00:00Z'));
  const listed = await cli('list-schedules', '--group-name', 'default', '--name-prefix', 'by-', '--state', 'ENABLED');
  assert.deepEqual(
    listed.Schedules.map(({ Name }: { Name: string }) => Name),
    ['by-cli'],
  );
  const groups = await cli('list-schedule-groups', '--max-items', '1');
  assert.equal(groups.ScheduleGroups[0].Name, 'default');
  await cli('create-schedule-group', '--name', 'cli', '--tags', 'Key=a,Value=b');
  const arn = `${prefix}:schedule-group/cli`;
  await cli('untag-resource', '--resource-arn', arn, '--tag-keys', 'a', 'c');
  assert.deepEqual((await cli('list-tags-for-resource', '--resource-arn', arn)).Tags, []);
  await cli('delete-schedule-group', '--name', 'cli');
  await cli('delete-schedule', '--name', 'by-cli', '--group-name', 'default');
});
