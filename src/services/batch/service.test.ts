import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-batch';
import { openBench } from './batch.fixture.ts';

/** The SDK's run-time schema of an operation: kind 9, namespace, name, traits. */
type OperationSchema = readonly [9, string, string, { readonly http: readonly [string, string, number] }];

function sdkOperations(): OperationSchema[] {
  return Object.values(sdk).filter((value) => Array.isArray(value) && value[0] === 9) as unknown as OperationSchema[];
}

test('every operation of the SDK is bound to the method and path that the SDK uses', async () => {
  const { service } = await openBench();
  const { protocol } = service.definition;
  assert.ok(protocol.kind === 'restJson1');
  const expected = Object.fromEntries(
    sdkOperations().map(([, , name, traits]) => [name, { method: traits.http[0], path: traits.http[1] }]),
  );
  const bound = Object.fromEntries(
    Object.entries(protocol.bindings).map(([name, { method, path }]) => [name, { method, path }]),
  );
  assert.ok(Object.keys(expected).length >= 48);
  assert.deepEqual(bound, expected);
});

test('every operation of the SDK is in the registry, and nothing else is', async () => {
  const { service } = await openBench();
  const names = sdkOperations().map(([, , name]) => name);
  assert.deepEqual(Object.keys(service.definition.operations).sort(), names.sort());
});

test("the untag operation reads the SDK's query parameter as a list", async () => {
  const { service } = await openBench();
  const { protocol } = service.definition;
  assert.ok(protocol.kind === 'restJson1');
  assert.deepEqual(protocol.bindings.UntagResource?.query, { tagKeys: { member: 'tagKeys', list: true } });
});

test('every built operation names at least one action for the policy evaluator', async () => {
  const { service, access } = await openBench();
  const inputs: Record<string, object> = {
    CancelJob: { jobId: 'a', reason: 'r' },
    CancelJobs: { jobs: ['a'], reason: 'r' },
    CreateComputeEnvironment: { computeEnvironmentName: 'n', type: 'MANAGED' },
    CreateConsumableResource: { consumableResourceName: 'n' },
    CreateJobQueue: { jobQueueName: 'n', priority: 1 },
    DeleteComputeEnvironment: { computeEnvironment: 'n' },
    DeleteJobQueue: { jobQueue: 'n' },
    DeregisterJobDefinition: { jobDefinition: 'n:1' },
    DescribeJobs: { jobs: [] },
    ListTagsForResource: { resourceArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q' },
    RegisterJobDefinition: { jobDefinitionName: 'n', type: 'container' },
    SubmitJob: { jobName: 'n', jobQueue: 'q', jobDefinition: 'd' },
    TagResource: { resourceArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q', tags: {} },
    TerminateJob: { jobId: 'a', reason: 'r' },
    TerminateJobs: { jobs: ['a'], reason: 'r' },
    TerminateServiceJobs: { jobs: ['a'], reason: 'r' },
    UntagResource: { resourceArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q', tagKeys: [] },
    UpdateComputeEnvironment: { computeEnvironment: 'n' },
    UpdateJobQueue: { jobQueue: 'n' },
  };
  const built = Object.entries(service.definition.operations).filter(([, { kind }]) => kind === 'operation');
  assert.equal(built.length, 48);
  for (const [name] of built) {
    const requests = await access(name, inputs[name] ?? {});
    assert.ok(requests.length > 0, name);
    for (const { action } of requests) assert.match(action, /^(batch|iam):[A-Z]\w+$/);
  }
});

test('a policy on SubmitJob is asked about the definition as the request names it, and about the queue', async () => {
  const { access } = await openBench();
  const arn = 'arn:aws:batch:us-east-1:123456789012';
  const resources = (jobDefinition: string, jobQueue: string) =>
    access('SubmitJob', { jobName: 'n', jobQueue, jobDefinition, shareIdentifier: 's', tags: { a: 'b' } });
  assert.deepEqual(await resources('d', 'q'), [
    {
      action: 'batch:SubmitJob',
      resource: `${arn}:job-definition/d`,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'], 'batch:ShareIdentifier': 's' },
    },
    {
      action: 'batch:SubmitJob',
      resource: `${arn}:job-queue/q`,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'], 'batch:ShareIdentifier': 's' },
    },
  ]);
  const named = await resources(`${arn}:job-definition/d:3`, `${arn}:job-queue/q`);
  assert.deepEqual(
    named.map(({ resource }) => resource),
    [`${arn}:job-definition/d:3`, `${arn}:job-queue/q`],
  );
});

test('a policy on RegisterJobDefinition sees image, user, privilege and logs, and every role that is passed on', async () => {
  const { access } = await openBench();
  const containerProperties = {
    image: 'busybox',
    user: 'nobody',
    jobRoleArn: 'arn:aws:iam::123456789012:role/job',
    logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } },
  };
  assert.deepEqual(
    await access('RegisterJobDefinition', { jobDefinitionName: 'd', type: 'container', containerProperties }),
    [
      {
        action: 'batch:RegisterJobDefinition',
        resource: 'arn:aws:batch:us-east-1:123456789012:job-definition/d',
        conditions: {
          'batch:Image': 'busybox',
          'batch:User': 'nobody',
          'batch:Privileged': 'false',
          'batch:LogDriver': 'awslogs',
          'batch:AWSLogsGroup': 'g',
        },
      },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/job',
        conditions: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
    ],
  );
});

test('the roles of a task of several containers are passed on too', async () => {
  const { access } = await openBench();
  const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
  const taskProperties = [{ taskRoleArn: role('task'), executionRoleArn: role('execution'), containers: [] }];
  const input = { jobDefinitionName: 'd', type: 'container', ecsProperties: { taskProperties } };
  const [, ...passed] = await access('RegisterJobDefinition', input);
  assert.deepEqual(
    passed.map(({ action, resource }) => [action, resource]),
    [
      ['iam:PassRole', role('task')],
      ['iam:PassRole', role('execution')],
    ],
  );
});
