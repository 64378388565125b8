import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench, smallDefinition, smallEnvironment } from '../batch.fixture.ts';
import { revisionCounterRecords } from '../records.ts';

/** Spec 08 §4: bodies of clients from before October 2020, each accepted unchanged, and what its limits refuse. */
async function benchOf2020(): Promise<Bench> {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: 'ce' });
  await bench.call('CreateJobQueue', {
    jobQueueName: 'q',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'ce' }],
  });
  await bench.call('RegisterJobDefinition', smallDefinition);
  return bench;
}

test('a definition with integer vcpus and memory is revision 1 of its name, and its next form revision 2', async () => {
  const { call } = await openBench();
  assert.deepEqual(await call('RegisterJobDefinition', smallDefinition), {
    jobDefinitionName: 'x',
    jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/x:1',
    revision: 1,
  });
  const next = await call<{ revision: number }>('RegisterJobDefinition', smallDefinition);
  assert.equal(next.revision, 2);
});

test('a job of three names is accepted', async () => {
  const { call } = await benchOf2020();
  const answer = await call<Record<string, string>>('SubmitJob', { jobName: 'x', jobQueue: 'q', jobDefinition: 'x' });
  assert.equal(answer.jobName, 'x');
  assert.match(answer.jobId ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(answer.jobArn, `arn:aws:batch:us-east-1:123456789012:job/${answer.jobId}`);
});

test('a job with integer overrides, a command and an environment is accepted and read back as given', async () => {
  const { call } = await benchOf2020();
  const { jobId } = await call('SubmitJob', {
    jobName: 'x',
    jobQueue: 'q',
    jobDefinition: 'x:1',
    containerOverrides: { vcpus: 2, memory: 64, command: ['true'], environment: [{ name: 'A', value: '1' }] },
  });
  const { jobs } = await call<{ jobs: { container: object }[] }>('DescribeJobs', { jobs: [jobId] });
  assert.deepEqual(jobs[0]?.container, {
    image: 'busybox',
    vcpus: 2,
    memory: 64,
    command: ['true'],
    volumes: [],
    environment: [{ name: 'A', value: '1' }],
    mountPoints: [],
    ulimits: [],
    networkInterfaces: [],
    resourceRequirements: [],
    secrets: [],
  });
});

test('an unmanaged environment without computeResources is accepted, and has a cluster to join', async () => {
  const { call } = await openBench();
  await call('CreateComputeEnvironment', {
    computeEnvironmentName: 'unmanagedCE',
    type: 'UNMANAGED',
    state: 'ENABLED',
    serviceRole: 'AWSBatchServiceRole',
  });
  const { computeEnvironments } = await call<{ computeEnvironments: Record<string, unknown>[] }>(
    'DescribeComputeEnvironments',
    { computeEnvironments: ['unmanagedCE'] },
  );
  const [environment] = computeEnvironments;
  assert.match(String(environment?.ecsClusterArn), /^arn:aws:ecs:us-east-1:123456789012:cluster\/unmanagedCE/);
  assert.equal(environment?.serviceRole, 'arn:aws:iam::123456789012:role/AWSBatchServiceRole');
  assert.equal(environment?.status, 'VALID');
});

test('a managed environment of 2020 is accepted', async () => {
  const { call } = await openBench();
  const answer = await call('CreateComputeEnvironment', {
    computeEnvironmentName: 'm',
    type: 'MANAGED',
    serviceRole: 'arn:aws:iam::123456789012:role/service-role/AWSBatchServiceRole',
    computeResources: {
      type: 'EC2',
      minvCpus: 0,
      maxvCpus: 16,
      instanceTypes: ['optimal'],
      subnets: ['subnet-1'],
      securityGroupIds: ['sg-1'],
      instanceRole: 'ecsInstanceRole',
    },
  });
  assert.deepEqual(answer, {
    computeEnvironmentName: 'm',
    computeEnvironmentArn: 'arn:aws:batch:us-east-1:123456789012:compute-environment/m',
  });
});

test("the audit example's environment, with a role path, desired vCPUs and instance tags, is accepted", async () => {
  const { call } = await openBench();
  await call('CreateComputeEnvironment', {
    computeEnvironmentName: 'Test',
    type: 'MANAGED',
    state: 'ENABLED',
    serviceRole: 'service-role/AWSBatchServiceRole',
    computeResources: {
      type: 'EC2',
      minvCpus: 0,
      maxvCpus: 128,
      desiredvCpus: 0,
      instanceTypes: ['optimal'],
      subnets: ['subnet-5eda8e04'],
      securityGroupIds: ['sg-aba9e8db'],
      instanceRole: 'ecsInstanceRole',
      tags: { testBatchTags: 'CLI testing CE' },
    },
  });
});

const container = smallDefinition.containerProperties;

test("the guide's definitions of 2020 are accepted", async () => {
  const { call } = await openBench();
  const definitions = [
    {
      jobDefinitionName: 'print-color',
      type: 'container',
      containerProperties: { image: 'a.dkr.ecr.r.amazonaws.com/print-color', vcpus: 1, memory: 250 },
    },
    {
      jobDefinitionName: 'fetch_and_run',
      type: 'container',
      containerProperties: {
        image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/fetch_and_run',
        vcpus: 2,
        memory: 2000,
        command: ['myjob.sh', '60'],
        jobRoleArn: 'arn:aws:iam::123456789012:role/AWSBatchS3ReadOnly',
        environment: [{ name: 'BATCH_FILE_TYPE', value: 'script' }],
        user: 'nobody',
      },
    },
    {
      jobDefinitionName: 'gpu',
      type: 'container',
      containerProperties: { ...container, resourceRequirements: [{ type: 'GPU', value: '1' }] },
    },
    {
      jobDefinitionName: 'empty-command',
      type: 'container',
      containerProperties: { ...container, command: [], instanceType: '' },
    },
  ];
  for (const definition of definitions) await call('RegisterJobDefinition', definition);
});

const badDefinitions: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['vcpus 0', { containerProperties: { ...container, vcpus: 0 } }, /^vCPU must be at least 1, got 0\.$/],
  ['memory 3', { containerProperties: { ...container, memory: 3 } }, /^Memory must be at least 4 Mib, got 3 Mib\.$/],
  ['0 attempts', { retryStrategy: { attempts: 0 } }, /^RetryAttempts must be between 1 and 10\.$/],
  ['11 attempts', { retryStrategy: { attempts: 11 } }, /^RetryAttempts must be between 1 and 10\.$/],
  ['a timeout of 59 seconds', { timeout: { attemptDurationSeconds: 59 } }, /at least 60 seconds/],
  [
    'a variable AWS_BATCH_FOO',
    { containerProperties: { ...container, environment: [{ name: 'AWS_BATCH_FOO', value: 'x' }] } },
    /AWS_BATCH_FOO cannot start with AWS_BATCH/,
  ],
  [
    'a body of more than 24 KiB',
    { parameters: { long: 'x'.repeat(24 * 1024) } },
    /^Limits Error: JobDefinitionsize is above the limits 24 KB$/,
  ],
  ['an empty name', { jobDefinitionName: '' }, /^Job definition name is required\.$/],
];
for (const [title, change, words] of badDefinitions) {
  test(`a definition with ${title} is refused`, async () => {
    const { refusal, ledger } = await openBench();
    assert.match(await refusal('RegisterJobDefinition', { ...smallDefinition, ...change }), words);
    assert.equal(ledger.all(revisionCounterRecords).length, 0);
  });
}

const job = { jobName: 'x', jobQueue: 'q', jobDefinition: 'x' };
const unknownId = '01234567-89ab-7def-8123-456789abcdef';
const badJobs: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  [
    '21 dependencies',
    { dependsOn: Array(21).fill({ jobId: unknownId }) },
    /^Job cannot have more than 20 dependencies$/,
  ],
  [
    'a body of more than 30 KiB',
    { parameters: { long: 'é'.repeat(15 * 1024) } },
    /^Job size must be less than 30 KiB, got 30 KiB$/,
  ],
  ['an array of 1', { arrayProperties: { size: 1 } }, /^Array size must be between 2 and 10000, got 1\.$/],
  [
    'an overriding variable AWS_BATCH_FOO',
    { containerOverrides: { environment: [{ name: 'AWS_BATCH_FOO', value: 'x' }] } },
    /AWS_BATCH_FOO cannot start with AWS_BATCH/,
  ],
  ['a name of 129 letters', { jobName: 'x'.repeat(129) }, /^Job name should match valid pattern$/],
  ['a name that begins with a hyphen', { jobName: '-x' }, /^Job name should match valid pattern$/],
  ['11 attempts', { retryStrategy: { attempts: 11 } }, /^RetryAttempts must be between 1 and 10\.$/],
  ['a timeout of 59 seconds', { timeout: { attemptDurationSeconds: 59 } }, /at least 60 seconds/],
  ['a parameter with a NUL character', { parameters: { a: 'x\0' } }, /^parameters has a NUL character\.$/],
];
for (const [title, change, words] of badJobs) {
  test(`a job with ${title} is refused`, async () => {
    const { refusal, yard } = await benchOf2020();
    assert.match(await refusal('SubmitJob', { ...job, ...change }), words);
    assert.equal(yard.jobs.size, 0);
  });
}

test('a job of exactly 30 KiB is accepted', async () => {
  const { call } = await benchOf2020();
  const empty = JSON.stringify({ ...job, parameters: { long: '' } }).length;
  await call('SubmitJob', { ...job, parameters: { long: 'x'.repeat(30 * 1024 - empty) } });
});
