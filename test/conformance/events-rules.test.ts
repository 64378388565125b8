import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateJobQueueCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import { CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  LimitExceededException,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  type ListTargetsByRuleCommandOutput,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  ResourceAlreadyExistsException,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
  UntagResourceCommand,
  UpdateEventBusCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateStateMachineCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { registerShell, submit } from '../support/jobs.ts';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { openEndpoint } from './sns-endpoint.ts';
import { account, arnPrefix, openYard, region, wholeFile } from './yard.ts';

const { batch, events, logs, sns, sqs, states, server } = await openYard();
const endpoint = await openEndpoint(wholeFile);
const prefix = `arn:aws:events:${region}:${account}`;
const roleArn = `arn:aws:iam::${account}:role/r`;
const defaultQueue = `${arnPrefix}:job-queue/default`;

async function rule(Name: string, pattern: object, ...Targets: readonly Target[]): Promise<void> {
  await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
  const { FailedEntryCount } = await events.send(new PutTargetsCommand({ Rule: Name, Targets: [...Targets] }));
  assert.equal(FailedEntryCount, 0);
}

/** A topic whose messages an endpoint gets. */
async function topic(Name: string, path: string): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: endpoint.url(path) }));
  const [asked] = await endpoint.waitFor(path, 'SubscriptionConfirmation');
  await fetch(String(asked?.envelope?.SubscribeURL));
  return TopicArn;
}

async function notified(path: string, count = 1) {
  const receipts = await endpoint.waitFor(path, 'Notification', count);
  return receipts.map(({ envelope }) => JSON.parse(String(envelope?.Message)));
}

test('buses are made, changed, shared and deleted, and rules on them are paged through', async () => {
  const Name = 'orders';
  const settings = {
    KmsKeyIdentifier: 'alias/k',
    DeadLetterConfig: { Arn: `arn:aws:sqs:${region}:${account}:letters` },
  };
  const made = { Name, Description: 'all of them', ...settings };
  const { EventBusArn = '' } = await events.send(new CreateEventBusCommand(made));
  assert.equal(EventBusArn, `${prefix}:event-bus/orders`);
  const again = events.send(new CreateEventBusCommand({ Name }));
  await assert.rejects(again, (error) => error instanceof ResourceAlreadyExistsException);
  await events.send(new UpdateEventBusCommand({ Name, Description: 'some' }));
  const share = { EventBusName: Name, Action: 'events:PutEvents', Principal: '210987654321', StatementId: 's' };
  await events.send(new PutPermissionCommand(share));
  const shown = await events.send(new DescribeEventBusCommand({ Name: EventBusArn }));
  assert.deepEqual([shown.Description, JSON.parse(shown.Policy ?? '').Statement[0].Sid], ['some', 's']);
  assert.ok(shown.CreationTime instanceof Date);
  const { KmsKeyIdentifier, DeadLetterConfig } = shown;
  assert.deepEqual({ KmsKeyIdentifier, DeadLetterConfig }, settings);
  await events.send(new RemovePermissionCommand({ EventBusName: Name, StatementId: 's' }));
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
  assert.deepEqual(EventBuses.map((bus) => bus.Name).sort(), ['default', 'orders']);
  await events.send(new DeleteEventBusCommand({ Name }));
});

test('a rule and its targets are read back as they were given, and changed', async () => {
  const given = { Name: 'kept', Description: 'for later', ScheduleExpression: 'cron(0 8 ? * 2#1 *)', RoleArn: roleArn };
  const Tags = [{ Key: 'team', Value: 'a' }];
  const { RuleArn } = await events.send(new PutRuleCommand({ ...given, State: 'DISABLED', Tags }));
  const { $metadata: _, ...described } = await events.send(new DescribeRuleCommand({ Name: 'kept' }));
  const own = { Arn: RuleArn, EventBusName: 'default', CreatedBy: account, State: 'DISABLED' };
  assert.deepEqual(described, { ...given, ...own });
  const targets: Target[] = [
    {
      ...{ Id: 'batch', Arn: defaultQueue, RoleArn: roleArn },
      BatchParameters: {
        JobDefinition: 'd:1',
        JobName: 'n',
        ArrayProperties: { Size: 2 },
        RetryStrategy: { Attempts: 3 },
      },
      InputTransformer: { InputPathsMap: { a: '$.time' }, InputTemplate: '{"Parameters":{"at":<a>}}' },
    },
    {
      ...{ Id: 'sns', Arn: `arn:aws:sns:${region}:${account}:t`, Input: '{"a":1}' },
      DeadLetterConfig: { Arn: `arn:aws:sqs:${region}:${account}:letters` },
      RetryPolicy: { MaximumRetryAttempts: 4, MaximumEventAgeInSeconds: 300 },
    },
  ];
  await events.send(new PutTargetsCommand({ Rule: 'kept', Targets: targets }));
  const found: Target[] = [];
  let NextToken: string | undefined;
  do {
    const input = { Rule: 'kept', Limit: 1, ...(NextToken && { NextToken }) };
    const page: ListTargetsByRuleCommandOutput = await events.send(new ListTargetsByRuleCommand(input));
    found.push(...(page.Targets ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.deepEqual(found, targets);
  const byTarget = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: defaultQueue }));
  assert.deepEqual(byTarget.RuleNames, ['kept']);
  const more = ['1', '2', '3', '4'].map((Id) => ({ Id, Arn: `arn:aws:sns:${region}:${account}:t` }));
  const tooMany = events.send(new PutTargetsCommand({ Rule: 'kept', Targets: more }));
  await assert.rejects(tooMany, (error) => error instanceof LimitExceededException);
  await events.send(new TagResourceCommand({ ResourceARN: RuleArn, Tags: [{ Key: 'more', Value: 'b' }] }));
  await events.send(new UntagResourceCommand({ ResourceARN: RuleArn, TagKeys: ['team'] }));
  const tags = await events.send(new ListTagsForResourceCommand({ ResourceARN: RuleArn }));
  assert.deepEqual(tags.Tags, [{ Key: 'more', Value: 'b' }]);
  await events.send(new EnableRuleCommand({ Name: 'kept' }));
  await events.send(new DisableRuleCommand({ Name: 'kept' }));
  const removed = await events.send(new RemoveTargetsCommand({ Rule: 'kept', Ids: ['batch', 'sns'] }));
  assert.equal(removed.FailedEntryCount, 0);
  assert.deepEqual((await events.send(new ListTargetsByRuleCommand({ Rule: 'kept' }))).Targets, []);
  await events.send(new DeleteRuleCommand({ Name: 'kept' }));
});

test('tutorial: a job that fails is told by a topic', async () => {
  const TopicArn = await topic('JobFailedAlert', '/failed');
  const pattern = {
    'detail-type': ['Batch Job State Change'],
    source: ['aws.batch'],
    detail: { status: ['FAILED'] },
  };
  await rule('JobFailedAlert', pattern, { Id: 'topic', Arn: TopicArn });
  const definition = await registerShell(batch, { name: 'event-test', script: 'exit 1' });
  const jobId = await submit(batch, definition, { jobName: 'event-test', tags: { a: 'b' } });
  const [event] = await notified('/failed');
  const jobArn = `${arnPrefix}:job/${jobId}`;
  const { id, time, detail, ...envelope } = event;
  assert.deepEqual(envelope, {
    ...{ version: '0', 'detail-type': 'Batch Job State Change', source: 'aws.batch', account, region },
    resources: [jobArn],
  });
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const { jobs: [job] = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  assert.deepEqual(detail, { ...job, tags: { resourceArn: jobArn, a: 'b' } });
  assert.deepEqual([job?.status, job?.container?.exitCode, job?.attempts?.length], ['FAILED', 1, 1]);
  assert.deepEqual(job?.container?.mountPoints, []);
  const tried = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) };
  assert.equal((await events.send(new TestEventPatternCommand(tried))).Result, true);
  await events.send(new DisableRuleCommand({ Name: 'JobFailedAlert' }));
});

test('each change of a job is an event, as the job was then; its submission is none', async () => {
  const TopicArn = await topic('all', '/all');
  await rule('all', { source: ['aws.batch'], detail: { jobName: ['whole-life'] } }, { Id: 't', Arn: TopicArn });
  const definition = await registerShell(batch, { name: 'whole-life', script: 'exit 0' });
  const jobId = await submit(batch, definition, { jobName: 'whole-life' });
  const told = await notified('/all', 4);
  const seen = told.map(({ detail }) => [detail.status, detail.startedAt !== undefined, detail.attempts.length]);
  assert.deepEqual(seen.sort(), [
    ['RUNNABLE', false, 0],
    ['RUNNING', true, 0],
    ['STARTING', false, 0],
    ['SUCCEEDED', true, 1],
  ]);
  const running = told.find(({ detail }) => detail.status === 'RUNNING');
  const { jobs: [job] = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  assert.equal(running.detail.container.taskArn, job?.container?.taskArn);
  assert.equal(running.detail.container.logStreamName, job?.container?.logStreamName);
  assert.equal(new Set(told.map(({ id }) => id)).size, 4);
  await events.send(new DisableRuleCommand({ Name: 'all' }));
});

test('the children of an array and the array have events of their own', async () => {
  const TopicArn = await topic('children', '/children');
  const detail = { jobName: ['some'], status: ['RUNNABLE', 'SUCCEEDED'] };
  await rule('children', { source: ['aws.batch'], detail }, { Id: 't', Arn: TopicArn });
  const definition = await registerShell(batch, { name: 'some', script: 'exit 0' });
  const jobId = await submit(batch, definition, { jobName: 'some', arrayProperties: { size: 3 } });
  const told = await notified('/children', 7);
  const seen = told.map((event) => `${event.detail.status} ${event.detail.jobId.replace(jobId, '')}`);
  const children = [':0', ':1', ':2'];
  assert.deepEqual(seen.sort(), [
    ...children.map((child) => `RUNNABLE ${child}`),
    'SUCCEEDED ',
    ...children.map((child) => `SUCCEEDED ${child}`),
  ]);
  for (const { detail, resources } of told) {
    assert.deepEqual(resources, [detail.jobArn]);
    assert.equal(detail.tags.resourceArn, detail.jobArn);
    const index = detail.jobId === jobId ? undefined : Number(detail.jobId.split(':')[1]);
    assert.equal(detail.arrayProperties.index, index);
  }
  await events.send(new DisableRuleCommand({ Name: 'children' }));
});

test('tutorial: an event becomes a job, with parameters by the input transformer', async () => {
  const definition = await registerShell(batch, {
    ...{ name: 'ref', script: 'exit 0', parameters: { S3bucket: 'none', S3key: 'none' } },
  });
  await rule(
    'object',
    { source: ['my.s3'], 'detail-type': ['Object Created'] },
    {
      ...{ Id: 'job', Arn: defaultQueue, RoleArn: roleArn },
      BatchParameters: { JobDefinition: definition, JobName: 'by-event', RetryStrategy: { Attempts: 2 } },
      InputTransformer: {
        InputPathsMap: { S3BucketValue: '$.detail.bucket.name', S3KeyValue: '$.detail.object.key' },
        InputTemplate: '{"Parameters" : {"S3bucket": <S3BucketValue>, "S3key": <S3KeyValue>}}',
      },
    },
  );
  const Detail = JSON.stringify({ bucket: { name: 'photos' }, object: { key: 'a b.png' } });
  await events.send(new PutEventsCommand({ Entries: [{ Source: 'my.s3', DetailType: 'Object Created', Detail }] }));
  const job = await until('the job', async () => {
    const filters = [{ name: 'JOB_NAME', values: ['by-event'] }];
    const { jobSummaryList: [found] = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
    return found && (await batch.send(new DescribeJobsCommand({ jobs: [found.jobId ?? ''] }))).jobs?.[0];
  });
  assert.deepEqual([job.parameters, job.retryStrategy?.attempts], [{ S3bucket: 'photos', S3key: 'a b.png' }, 2]);
});

test('tutorial: a scheduled job is submitted when its time comes', async () => {
  const definition = await registerShell(batch, { name: 'scheduled', script: 'exit 0' });
  await events.send(new PutRuleCommand({ Name: 'each-minute', ScheduleExpression: 'rate(1 minute)' }));
  const BatchParameters = { JobDefinition: definition, JobName: 'scheduled' };
  const Targets = [{ Id: 'job', Arn: defaultQueue, RoleArn: roleArn, BatchParameters }];
  await events.send(new PutTargetsCommand({ Rule: 'each-minute', Targets }));
  await until('the scheduled job', async () => {
    const filters = [{ name: 'JOB_NAME', values: ['scheduled'] }];
    const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
    return jobSummaryList.length === 1;
  });
  await events.send(new DisableRuleCommand({ Name: 'each-minute' }));
});

test('executions tell of their status, and an event starts one', async () => {
  const TopicArn = await topic('executions', '/executions');
  const type = 'Step Functions Execution Status Change';
  await rule('executions', { 'detail-type': [type] }, { Id: 't', Arn: TopicArn });
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const { stateMachineArn = '' } = await states.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn }));
  const started = await states.send(new StartExecutionCommand({ stateMachineArn, name: 'e', input: '{"a":1}' }));
  const told = await notified('/executions', 2);
  const over = told.find(({ detail }) => detail.status === 'SUCCEEDED');
  const { startDate, stopDate, ...detail } = over.detail;
  assert.ok(startDate <= stopDate);
  assert.deepEqual(over.resources, [started.executionArn]);
  assert.deepEqual(detail, {
    ...{ executionArn: started.executionArn, stateMachineArn, name: 'e', status: 'SUCCEEDED' },
    ...{ input: '{"a":1}', output: '{"a":1}', inputDetails: { included: true }, outputDetails: { included: true } },
    ...{ stateMachineVersionArn: null, stateMachineAliasArn: null, error: null, cause: null },
    ...{ redriveCount: 0, redriveDate: null, redriveStatus: 'NOT_REDRIVABLE' },
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  const running = told.find(({ detail }) => detail.status === 'RUNNING');
  assert.deepEqual([running.detail.stopDate, running.detail.output], [null, null]);
  await events.send(new DisableRuleCommand({ Name: 'executions' }));
  await rule(
    'start',
    { source: ['starter'] },
    { Id: 'm', Arn: stateMachineArn, RoleArn: roleArn, InputPath: '$.detail' },
  );
  const entry = { Source: 'starter', DetailType: 'x', Detail: '{"b":2}' };
  const { Entries: [put] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  await until('the execution', async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.some(({ name }) => name?.startsWith(`${put?.EventId}_`));
  });
});

test('events of applications reach a log group and another bus, as they were put', async () => {
  await events.send(new CreateEventBusCommand({ Name: 'second' }));
  const logGroupName = '/aws/events/second';
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const EventPattern = JSON.stringify({ source: ['app'] });
  await events.send(new PutRuleCommand({ Name: 'log', EventBusName: 'second', EventPattern }));
  const Targets = [{ Id: 'g', Arn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}` }];
  await events.send(new PutTargetsCommand({ Rule: 'log', EventBusName: 'second', Targets }));
  await rule('on', { source: ['app'] }, { Id: 'bus', Arn: `${prefix}:event-bus/second` });
  // Logs takes nothing that is older than two weeks.
  const Time = new Date(Date.now() - 86_400_000);
  const Detail = '{"n": 12345678901234567890, "s": "ü"}';
  const given = { Source: 'app', DetailType: 'x', Detail, Time, Resources: ['r'] };
  const { Entries: [put] = [] } = await events.send(new PutEventsCommand({ Entries: [given] }));
  const message = await until('the event in the log', async () => {
    const { events: found = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime: 0 }));
    return found[0]?.message;
  });
  assert.equal(
    message,
    `{"version":"0","id":"${put?.EventId}","detail-type":"x","source":"app","account":"${account}",` +
      `"time":"${Time.toISOString().slice(0, 19)}Z","region":"${region}","resources":["r"],"detail":${Detail}}`,
  );
});

test('the aws CLI puts rules, targets and events', awsCli.needed, async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const env = {
    ...{ AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    ...{ AWS_DEFAULT_REGION: region, AWS_PAGER: '' },
  };
  const aws = async (...words: readonly string[]) => {
    const { exit, stdout, stderr } = await runCommand(awsCli.file, ['events', ...words], { env, cwd: server.shared });
    assert.equal(exit, 0, stderr);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };
  const TopicArn = await topic('cli', '/cli');
  const { RuleArn } = await aws('put-rule', '--name', 'cli', '--event-pattern', '{"source":["cli"]}');
  assert.equal(RuleArn, `${prefix}:rule/cli`);
  await aws('put-targets', '--rule', 'cli', '--targets', `Id=1,Arn=${TopicArn}`);
  const entries = JSON.stringify([{ Source: 'cli', DetailType: 'd', Detail: '{"a":1}', Time: '2027-01-02T03:04:05Z' }]);
  const { FailedEntryCount } = await aws('put-events', '--entries', entries);
  assert.equal(FailedEntryCount, 0);
  const [event] = await notified('/cli');
  assert.deepEqual([event.time, event.detail], ['2027-01-02T03:04:05Z', { a: 1 }]);
  const { Rules } = await aws('list-rules', '--name-prefix', 'cli');
  assert.equal(Rules[0].State, 'ENABLED');
});

test('queues are sent events, and what cannot be delivered with the reason why', async () => {
  const queue = async (QueueName: string) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
    return { QueueUrl, Arn: `arn:aws:sqs:${region}:${account}:${QueueName}` };
  };
  const received = async (QueueUrl: string) => {
    const input = { QueueUrl, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] };
    return (await sqs.send(new ReceiveMessageCommand(input))).Messages?.[0];
  };
  const [own, letters] = [await queue('own'), await queue('letters')];
  const gone = `arn:aws:sns:${region}:${account}:gone`;
  const DeadLetterConfig = { Arn: letters.Arn };
  await rule('queues', { source: ['q'] }, { Id: 'q', Arn: own.Arn }, { Id: 'gone', Arn: gone, DeadLetterConfig });
  await events.send(new PutEventsCommand({ Entries: [{ Source: 'q', DetailType: 'd', Detail: '{"a":1}' }] }));
  const message = await until('the event', () => received(own.QueueUrl));
  assert.deepEqual(JSON.parse(message.Body ?? '').detail, { a: 1 });
  const letter = await until('the dead letter', () => received(letters.QueueUrl));
  assert.equal(letter.Body, message.Body);
  const attributes = Object.entries(letter.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
    name,
    StringValue,
  ]);
  assert.deepEqual(attributes.sort(), [
    ['ERROR_CODE', 'NO_RESOURCE'],
    ['ERROR_MESSAGE', 'Topic does not exist'],
    ['RETRY_ATTEMPTS', '0'],
    ['RULE_ARN', `${prefix}:rule/queues`],
    ['TARGET_ARN', gone],
  ]);
});

test('a queue whose first job cannot start is told of', async () => {
  const TopicArn = await topic('BlockedJobQueue', '/blocked');
  const pattern = { 'detail-type': ['Batch Job Queue Blocked'], source: ['aws.batch'] };
  await rule('BlockedJobQueue', pattern, { Id: 't', Arn: TopicArn });
  const { jobQueues: [first] = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: ['default'] }));
  const queue = { jobQueueName: 'blocked', priority: 1, computeEnvironmentOrder: first?.computeEnvironmentOrder ?? [] };
  const { jobQueueArn = '' } = await batch.send(new CreateJobQueueCommand(queue));
  const definition = await registerShell(batch, { name: 'huge', script: 'exit 0', vcpus: 100_000 });
  const jobId = await submit(batch, definition, { jobQueue: jobQueueArn });
  const [event] = await notified('/blocked');
  assert.deepEqual(event.resources, [`${arnPrefix}:job/${jobId}`, jobQueueArn]);
  assert.equal(event.detail.status, 'RUNNABLE');
  assert.match(event.detail.statusReason, /^MISCONFIGURATION:/);
});
