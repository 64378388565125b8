import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ContainerProperties,
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  paginateDescribeJobDefinitions,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { arnPrefix, assertRefused, describeDefinition, openYard } from './yard.ts';

const { batch } = await openYard();

const small = { image: 'busybox', vcpus: 1, memory: 4 };

function register(jobDefinitionName: string, more: Partial<RegisterJobDefinitionCommandInput> = {}) {
  const input = { jobDefinitionName, type: 'container' as const, containerProperties: small, ...more };
  return batch.send(new RegisterJobDefinitionCommand(input));
}

function registerContainer(containerProperties: ContainerProperties) {
  return register('refused', { containerProperties });
}

/** Every member of `containerProperties` that a single-node EC2 definition can have (spec 02 §5). */
const everything: ContainerProperties = {
  image: 'registry.example.com/team/tool@sha256:0123abcd',
  command: ['sh', '-c', 'Ref::what'],
  jobRoleArn: 'arn:aws:iam::123456789012:role/job',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  volumes: [
    { name: 'scratch', host: { sourcePath: '/scratch' } },
    { name: 'anywhere', host: {} },
    {
      name: 'shared',
      efsVolumeConfiguration: {
        fileSystemId: 'fs-12345678',
        rootDirectory: '/',
        transitEncryption: 'ENABLED',
        transitEncryptionPort: 2049,
        authorizationConfig: { accessPointId: 'fsap-1', iam: 'ENABLED' },
      },
    },
  ],
  environment: [{ name: 'A', value: '1' }],
  mountPoints: [{ containerPath: '/in', readOnly: true, sourceVolume: 'scratch' }],
  readonlyRootFilesystem: true,
  privileged: true,
  ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
  user: 'nobody',
  resourceRequirements: [
    { type: 'VCPU', value: '2' },
    { type: 'MEMORY', value: '2048' },
    { type: 'GPU', value: '1' },
  ],
  linuxParameters: {
    devices: [{ hostPath: '/dev/fuse', containerPath: '/dev/fuse', permissions: ['READ', 'WRITE', 'MKNOD'] }],
    initProcessEnabled: true,
    sharedMemorySize: 64,
    tmpfs: [{ containerPath: '/fast', size: 16, mountOptions: ['noexec', 'mode=1777'] }],
    maxSwap: 128,
    swappiness: 10,
  },
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/team', 'awslogs-stream-prefix': 'tool', 'awslogs-create-group': 'true' },
    secretOptions: [{ name: 'token', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/t' }],
  },
  secrets: [{ name: 'PASSWORD', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:p-abcdef' }],
  repositoryCredentials: {
    credentialsParameter: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-abcdef',
  },
};

test('every field of containerProperties, and of the definition around it, is read back exactly as given', async () => {
  const given = {
    parameters: { what: 'date' },
    schedulingPriority: 9,
    retryStrategy: {
      attempts: 3,
      evaluateOnExit: [
        { action: 'retry' as never, onStatusReason: 'Host EC2*', onReason: 'Cannot*', onExitCode: '13*' },
        { action: 'EXIT' as const, onReason: '*' },
      ],
    },
    propagateTags: true,
    timeout: { attemptDurationSeconds: 60 },
    tags: { team: 'render' },
    platformCapabilities: ['EC2' as const],
  };
  const { revision, jobDefinitionArn, jobDefinitionName } = await register('everything', {
    ...given,
    containerProperties: everything,
  });
  assert.deepEqual(
    { revision, jobDefinitionArn, jobDefinitionName },
    { revision: 1, jobDefinitionArn: `${arnPrefix}:job-definition/everything:1`, jobDefinitionName: 'everything' },
  );
  assert.deepEqual(await describeDefinition(batch, 'everything:1'), {
    ...given,
    jobDefinitionName: 'everything',
    jobDefinitionArn,
    revision: 1,
    status: 'ACTIVE',
    type: 'container',
    containerOrchestrationType: 'ECS',
    containerProperties: everything,
  });
});

test('a definition of integers is read back as integers, with the empty lists that AWS shows', async () => {
  await register('integers', { containerProperties: { ...small, command: ['true'] } });
  const { containerProperties, parameters, tags } = await describeDefinition(batch, 'integers:1');
  assert.deepEqual(containerProperties, {
    ...small,
    command: ['true'],
    volumes: [],
    environment: [],
    mountPoints: [],
    ulimits: [],
    resourceRequirements: [],
    secrets: [],
  });
  assert.deepEqual([parameters, tags], [{}, {}]);
});

test('a Fargate definition keeps the fields that only Fargate has', async () => {
  const containerProperties: ContainerProperties = {
    image: 'busybox',
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    resourceRequirements: [
      { type: 'VCPU', value: '0.25' },
      { type: 'MEMORY', value: '512' },
    ],
    networkConfiguration: { assignPublicIp: 'ENABLED' },
    fargatePlatformConfiguration: { platformVersion: 'LATEST' },
    ephemeralStorage: { sizeInGiB: 21 },
    runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
  };
  await register('serverless', { containerProperties, platformCapabilities: ['FARGATE'] });
  const described = await describeDefinition(batch, 'serverless:1');
  assert.deepEqual(described.platformCapabilities, ['FARGATE']);
  for (const [member, value] of Object.entries(containerProperties)) {
    assert.deepEqual(described.containerProperties?.[member as keyof ContainerProperties], value, member);
  }
});

test('revisions count up by name, and a deregistered number is not given out again', async () => {
  const revisions = [];
  for (const name of ['counted', 'counted', 'other']) revisions.push((await register(name)).revision);
  assert.deepEqual(revisions, [1, 2, 1]);
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'counted:2' }));
  assert.equal((await register('counted')).revision, 3);
});

test('a deregistered definition is INACTIVE, can still be described, and cannot be submitted', async () => {
  const { jobDefinitionArn } = await register('retired');
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
  assert.equal((await describeDefinition(batch, 'retired:1')).status, 'INACTIVE');
  const submit = (jobDefinition: string) =>
    batch.send(new SubmitJobCommand({ jobName: 'x', jobQueue: 'default', jobDefinition }));
  await assertRefused(submit('retired:1'), /not in ACTIVE status/);
  await assertRefused(submit('retired'), /not in ACTIVE status/);
});

test('definitions are filtered by name and status and listed page by page', async () => {
  for (let count = 0; count < 5; count += 1) await register('paged');
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'paged:3' }));
  const filter = { jobDefinitionName: 'paged', status: 'ACTIVE' };
  const pages = await Array.fromAsync(paginateDescribeJobDefinitions({ client: batch, pageSize: 3 }, filter));
  const revisions = pages.map((page) => (page.jobDefinitions ?? []).map(({ revision }) => revision));
  assert.deepEqual(revisions, [[5, 4, 2], [1]]);
});

test('definitions are described by name, name:revision and ARN together, and unknown ones are left out', async () => {
  await register('told');
  await register('told');
  const jobDefinitions = [`${arnPrefix}:job-definition/told:2`, 'told:1', 'unheard-of'];
  const { jobDefinitions: found = [] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
  assert.deepEqual(found.map(({ revision }) => revision).sort(), [1, 2]);
});

test('a mistake in a definition is a ClientException that names it', async () => {
  const list = (VCPU: string, MEMORY: string) => [
    { type: 'VCPU' as const, value: VCPU },
    { type: 'MEMORY' as const, value: MEMORY },
  ];
  const { resourceRequirements, ...noResources } = { image: 'i', resourceRequirements: list('1', '4') };
  const refused: readonly (readonly [Promise<unknown>, RegExp])[] = [
    [register('a b'), /name/i],
    [register('n'.repeat(129)), /name/i],
    [registerContainer({ vcpus: 1, memory: 4 }), /Image must be provided/],
    [registerContainer({ ...small, image: 'i'.repeat(256) }), /image/],
    [registerContainer(noResources), /vCPU is required/],
    [registerContainer({ image: 'i', resourceRequirements: list('0', '4') }), /vCPU must be at least 1/],
    [registerContainer({ image: 'i', resourceRequirements: list('1.5', '4') }), /numeric/],
    [registerContainer({ image: 'i', resourceRequirements: list('1', '3') }), /Memory must be at least 4/],
    [registerContainer({ ...small, resourceRequirements }), /both/],
    [registerContainer({ ...small, environment: [{ name: 'AWS_BATCH_FOO', value: '1' }] }), /AWS_BATCH/],
    [registerContainer({ ...small, mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }), /Unknown volume/],
    [registerContainer({ ...small, instanceType: 'c5.large' }), /instanceType/],
    [registerContainer({ ...small, networkConfiguration: { assignPublicIp: 'ENABLED' } }), /not applicable for EC2/],
    [registerContainer({ ...small, secrets: [{ name: 'A', valueFrom: 'b' }] }), /executionRoleArn/],
    [registerContainer({ ...small, linuxParameters: { swappiness: 101 } }), /swappiness/],
    [register('refused', { schedulingPriority: 10_000 }), /priority/],
    [register('refused', { retryStrategy: { evaluateOnExit: [{ action: 'EXIT' }] } }), /attempts/i],
    [register('refused', { platformCapabilities: ['EC2', 'FARGATE'] }), /capability/],
  ];
  await Promise.all(refused.map(([call, words]) => assertRefused(call, words)));
  const { jobDefinitions } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitionName: 'refused' }));
  assert.deepEqual(jobDefinitions, []);
});

test('every snippet of the guide is accepted in an otherwise valid definition', async () => {
  const snippets: readonly Partial<ContainerProperties>[] = [
    { command: ['ffmpeg', '-i', 'Ref::inputfile', '-c', 'Ref::codec', '-o', 'Ref::outputfile'] },
    { command: [] },
    {
      environment: [
        { name: 'string', value: 'string' },
        { name: 'string', value: 'string' },
      ],
    },
    { volumes: [{ name: 'v', host: { sourcePath: '/s' } }], mountPoints: [{ sourceVolume: 'v', containerPath: '/c' }] },
    { privileged: false, readonlyRootFilesystem: false },
    { ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }] },
    { resourceRequirements: [{ type: 'GPU', value: '1' }] },
    { linuxParameters: { devices: [{ hostPath: '/dev/infiniband/uverbs0', permissions: [] }], tmpfs: [] } },
    { instanceType: '' },
  ];
  for (const snippet of snippets) {
    const { revision } = await register('snippets', { containerProperties: { ...small, ...snippet } });
    const { containerProperties } = await describeDefinition(batch, `snippets:${revision}`);
    for (const [member, value] of Object.entries(snippet)) {
      assert.deepEqual(containerProperties?.[member as keyof ContainerProperties], value, member);
    }
  }
});
