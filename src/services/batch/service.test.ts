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
    {
      action: 'batch:SubmitJob',
      resource: `${arn}:job/*`,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'], 'batch:ShareIdentifier': 's' },
      onlyDenied: true,
    },
    {
      action: 'batch:TagResource',
      resource: `${arn}:job/*`,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'] },
    },
  ]);
  const named = await resources(`${arn}:job-definition/d:3`, `${arn}:job-queue/q`);
  assert.deepEqual(
    named.slice(0, 2).map(({ resource }) => resource),
    [`${arn}:job-definition/d:3`, `${arn}:job-queue/q`],
  );
});

test('tags of a definition count where its whole ARN is given, and those of the queue always', async () => {
  const { access, call } = await openBench();
  await call('RegisterJobDefinition', {
    ...{ jobDefinitionName: 'd', type: 'container', tags: { team: 'a' } },
    containerProperties: {
      image: 'i',
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '4' },
      ],
    },
  });
  await call('TagResource', {
    resourceArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/default',
    tags: { stage: 'test' },
  });
  const tagsIn = async (jobDefinition: string) => {
    const asked = await access('SubmitJob', { jobName: 'n', jobQueue: 'default', jobDefinition });
    return asked.slice(0, 2).map(({ conditions }) => conditions);
  };
  const queue = { 'aws:ResourceTag/stage': 'test' };
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-definition/d';
  assert.deepEqual(await tagsIn(`${arn}:1`), [{ 'aws:ResourceTag/team': 'a' }, queue]);
  for (const other of ['d', 'd:1', arn]) assert.deepEqual(await tagsIn(other), [{}, queue], other);
});

test('a policy on RegisterJobDefinition sees each container of tasks and pods', async () => {
  const { access } = await openBench();
  const keysOf = async (input: object) => {
    const asked = await access('RegisterJobDefinition', { jobDefinitionName: 'd', type: 'container', ...input });
    return asked.map(({ conditions }) => conditions);
  };
  const containers = [{ image: 'a', privileged: true }, { image: 'b' }];
  assert.deepEqual(await keysOf({ ecsProperties: { taskProperties: [{ containers }] } }), [
    { 'batch:Image': 'a', 'batch:Privileged': 'true' },
    { 'batch:Image': 'b', 'batch:Privileged': 'false' },
  ]);
  const podProperties = {
    ...{ serviceAccountName: 's', metadata: { namespace: 'n' } },
    containers: [{ image: 'c', securityContext: { privileged: true, runAsUser: 0, runAsGroup: 7 } }],
  };
  assert.deepEqual(await keysOf({ eksProperties: { podProperties } }), [
    {
      'batch:EKSImage': 'c',
      'batch:EKSPrivileged': 'true',
      'batch:EKSRunAsUser': '0',
      'batch:EKSRunAsGroup': '7',
      'batch:EKSServiceAccountName': 's',
      'batch:EKSNamespace': 'n',
    },
  ]);
});

test('every role that an environment is given is passed on, by name or ARN', async () => {
  const { access } = await openBench();
  const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
  const computeResources = { instanceRole: 'i', spotIamFleetRole: role('spot') };
  const asked = await access('CreateComputeEnvironment', {
    computeEnvironmentName: 'e',
    serviceRole: 's',
    computeResources,
  });
  assert.deepEqual(
    asked.slice(1).map(({ resource, conditions }) => [resource, conditions?.['iam:PassedToService']]),
    [
      [role('s'), 'batch.amazonaws.com'],
      [role('i'), 'ec2.amazonaws.com'],
      [role('spot'), 'spotfleet.amazonaws.com'],
    ],
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
        conditions: {
          'iam:PassedToService': 'ecs-tasks.amazonaws.com',
          'iam:AssociatedResourceArn': 'arn:aws:batch:us-east-1:123456789012:job-definition/d',
        },
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
