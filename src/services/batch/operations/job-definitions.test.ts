import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { fargateContainer, openBench, scope, smallDefinition } from '../batch.fixture.ts';
import { jobDefinitionRecords, revisionCounterRecords } from '../records.ts';

type Definition = Record<string, unknown> & { revision: number; status: string; jobDefinitionName: string };
type Page = { jobDefinitions: Definition[]; nextToken?: string };

const container = smallDefinition.containerProperties;
const role = 'arn:aws:iam::123456789012:role/r';

/** Every member of containerProperties that EC2 takes. */
const wholeContainer = {
  image: 'public.ecr.aws/registry/app@sha256:0123',
  command: ['echo', 'Ref::word'],
  jobRoleArn: role,
  executionRoleArn: role,
  volumes: [
    { name: 'data', host: { sourcePath: '/data' } },
    {
      name: 'efs',
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
  mountPoints: [{ sourceVolume: 'data', containerPath: '/in', readOnly: true }],
  readonlyRootFilesystem: true,
  privileged: true,
  ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
  user: 'nobody',
  resourceRequirements: [
    { type: 'VCPU', value: '2' },
    { type: 'MEMORY', value: '512' },
    { type: 'GPU', value: '1' },
  ],
  linuxParameters: {
    devices: [{ hostPath: '/dev/fuse', containerPath: '/dev/fuse', permissions: ['READ', 'WRITE'] }],
    initProcessEnabled: true,
    sharedMemorySize: 64,
    tmpfs: [{ containerPath: '/tmp', size: 32, mountOptions: ['rw', 'noexec'] }],
    maxSwap: 0,
    swappiness: 60,
  },
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/g', 'awslogs-stream-prefix': 'p' },
    secretOptions: [{ name: 'o', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/o' }],
  },
  secrets: [{ name: 'S', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s' }],
  repositoryCredentials: { credentialsParameter: 'c' },
};

test('a definition is read back exactly as it was given', async () => {
  const { call } = await openBench();
  const definition = {
    type: 'container',
    parameters: { word: 'hello' },
    schedulingPriority: 5,
    containerProperties: wholeContainer,
    retryStrategy: { attempts: 3, evaluateOnExit: [{ onExitCode: '1*', onReason: 'Host EC2*', action: 'retry' }] },
    propagateTags: true,
    timeout: { attemptDurationSeconds: 60 },
    platformCapabilities: ['EC2'],
  };
  await call('RegisterJobDefinition', { jobDefinitionName: 'whole', ...definition, tags: { a: 'b' } });
  const { jobDefinitions } = await call<Page>('DescribeJobDefinitions', { jobDefinitions: ['whole:1'] });
  assert.deepEqual(jobDefinitions, [
    {
      ...definition,
      jobDefinitionName: 'whole',
      jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/whole:1',
      revision: 1,
      status: 'ACTIVE',
      tags: { a: 'b' },
      containerOrchestrationType: 'ECS',
    },
  ]);
});

test('the integer forms of vcpus and memory are read back as integers, lists that were not given as empty', async () => {
  const { call } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  const { jobDefinitions } = await call<Page>('DescribeJobDefinitions', { jobDefinitionName: 'x' });
  assert.deepEqual(jobDefinitions[0]?.containerProperties, {
    ...container,
    command: [],
    volumes: [],
    environment: [],
    mountPoints: [],
    ulimits: [],
    resourceRequirements: [],
    secrets: [],
  });
});

test('a page looks at no more definitions than it has, and one, however many there are of other kinds', async (context) => {
  const { call, ledger } = await openBench();
  for (let revision = 1; revision <= 150; revision += 1) {
    await call('RegisterJobDefinition', smallDefinition);
    if (revision !== 20) await call('DeregisterJobDefinition', { jobDefinition: `x:${revision}` });
  }
  await call('RegisterJobDefinition', { ...smallDefinition, jobDefinitionName: 'y' });
  let walked = 0;
  const by = ledger.by.bind(ledger) as (...given: unknown[]) => IteratorObject<unknown>;
  const counted = (...given: unknown[]) =>
    by(...given).map((record) => {
      walked += 1;
      return record;
    });
  const method = mock.method(ledger, 'by', counted as unknown as typeof ledger.by);
  context.after(() => method.mock.restore());
  const page = async (input: object) => {
    walked = 0;
    const { jobDefinitions } = await call<Page>('DescribeJobDefinitions', input);
    return [jobDefinitions.map(({ jobDefinitionName, revision }) => `${jobDefinitionName}:${revision}`), walked];
  };
  assert.deepEqual(await page({ jobDefinitionName: 'x', status: 'ACTIVE' }), [['x:20'], 1]);
  assert.deepEqual(await page({ status: 'ACTIVE' }), [['x:20', 'y:1'], 2]);
  assert.deepEqual(await page({ jobDefinitionName: 'x', status: 'INACTIVE', maxResults: 2 }), [['x:150', 'x:149'], 3]);
  assert.deepEqual(await page({ maxResults: 2 }), [['x:150', 'x:149'], 3]);
});

test('revisions count on after every one of a name was deregistered', async () => {
  const { call } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  await call('DeregisterJobDefinition', { jobDefinition: 'x:1' });
  assert.equal((await call<Definition>('RegisterJobDefinition', smallDefinition)).revision, 2);
});

test('a deregistered definition is INACTIVE, describable, and refused to new jobs by name, revision and ARN', async () => {
  const { call, refusal } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-definition/x:1';
  await call('DeregisterJobDefinition', { jobDefinition: arn });
  await call('DeregisterJobDefinition', { jobDefinition: arn });
  const { jobDefinitions } = await call<Page>('DescribeJobDefinitions', { status: 'INACTIVE' });
  assert.deepEqual(
    jobDefinitions.map(({ revision }) => revision),
    [1],
  );
  const words = (jobDefinition: string) => refusal('SubmitJob', { jobName: 'j', jobQueue: 'default', jobDefinition });
  assert.equal(await words('x'), 'JobDefinition name x does not exist or is not in ACTIVE status.');
  assert.equal(await words('x:1'), `JobDefinition ${arn} is not in ACTIVE status`);
  assert.equal(await words(arn), `JobDefinition ${arn} is not in ACTIVE status`);
  assert.equal(await words('x:2'), 'JobDefinition x:2 not found.');
});

test('only one revision can be deregistered at a time, and only one that is there', async () => {
  const { call, refusal } = await openBench();
  await call('RegisterJobDefinition', smallDefinition);
  const words = (jobDefinition: string) => refusal('DeregisterJobDefinition', { jobDefinition });
  assert.match(await words('x'), /must be given as name:revision or ARN/);
  assert.equal(await words('x:9'), 'JobDefinition x:9 not found.');
  assert.equal(await words('x:01'), 'JobDefinition x:01 not found.');
});

test('definitions are paged by name, the newest revision first, and filtered by name and status', async () => {
  const { call } = await openBench();
  for (const jobDefinitionName of ['b', 'a', 'b', 'b-c']) {
    await call('RegisterJobDefinition', { ...smallDefinition, jobDefinitionName });
  }
  await call('DeregisterJobDefinition', { jobDefinition: 'b:1' });
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: Page = await call<Page>('DescribeJobDefinitions', { maxResults: 1, nextToken });
    names.push(...page.jobDefinitions.map(({ jobDefinitionName, revision }) => `${jobDefinitionName}:${revision}`));
    nextToken = page.nextToken;
  } while (nextToken);
  assert.deepEqual(names, ['a:1', 'b:2', 'b:1', 'b-c:1']);
  const active = await call<Page>('DescribeJobDefinitions', { jobDefinitionName: 'b', status: 'ACTIVE' });
  assert.deepEqual(
    active.jobDefinitions.map(({ revision }) => revision),
    [2],
  );
  const unknown = await call<Page>('DescribeJobDefinitions', { jobDefinitions: ['c:1', 'job-definition/a:1', 'a:1'] });
  assert.deepEqual(
    unknown.jobDefinitions.map(({ jobDefinitionName }) => jobDefinitionName),
    ['a'],
  );
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

test('a deregistered definition is gone after 180 days, and not before', async () => {
  const { call, clock, ledger } = await openBench();
  const day = 24 * 60 * 60_000;
  await call('RegisterJobDefinition', smallDefinition);
  await call('RegisterJobDefinition', smallDefinition);
  await call('DeregisterJobDefinition', { jobDefinition: 'x:1' });
  await turns();
  clock.advance(180 * day - 1);
  await turns();
  assert.equal(ledger.count(jobDefinitionRecords, scope), 2);
  clock.advance(1);
  await turns();
  assert.deepEqual(
    ledger.list(jobDefinitionRecords, scope).map(({ revision }) => revision),
    [2],
  );
  assert.equal(ledger.get(revisionCounterRecords, scope, 'x')?.lastRevision, 2);
});

test('many definitions go in transactions of at most 200', async () => {
  const { call, clock, due, ledger, store } = await openBench();
  due.pause();
  for (let revision = 1; revision <= 450; revision += 1) {
    await call('RegisterJobDefinition', smallDefinition);
    await call('DeregisterJobDefinition', { jobDefinition: `x:${revision}` });
  }
  clock.advance(181 * 24 * 60 * 60_000);
  const slices: number[] = [];
  const commit = store.commit;
  store.commit = (changes) => {
    slices.push(changes.filter(({ kind }) => kind === 'record.delete').length);
    return commit(changes);
  };
  due.open();
  await turns();
  assert.deepEqual(slices, [200, 200, 50]);
  assert.equal(ledger.count(jobDefinitionRecords, scope), 0);
});

const { executionRoleArn: _role, ...withoutRole } = wholeContainer;
const efs = { fileSystemId: 'fs-12345678' };
const ec2Refusals: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['no image', { image: undefined }, /^ECS Container Image must be provided\.$/],
  ['an image of 256 characters', { image: 'x'.repeat(256) }, /^Container image has more than 255 characters\.$/],
  ['no vCPUs', { resourceRequirements: [{ type: 'MEMORY', value: '4' }] }, /^vCPU is not provided\.$/],
  ['no memory', { resourceRequirements: [{ type: 'VCPU', value: '1' }] }, /^Memory is not provided\.$/],
  [
    'vCPUs in both forms',
    { vcpus: 1 },
    /^Cannot use both ECS containerProperties vcpus and resourceRequirement VCPU\.$/,
  ],
  [
    'half a vCPU',
    {
      resourceRequirements: [
        { type: 'VCPU', value: '0.5' },
        { type: 'MEMORY', value: '4' },
      ],
    },
    /^Value 0\.5 for type VCPU in resourceRequirement is not valid\. Please provide a numeric value\.$/,
  ],
  [
    'memory twice',
    {
      resourceRequirements: [
        { type: 'MEMORY', value: '4' },
        { type: 'MEMORY', value: '8' },
      ],
    },
    /^Cannot provide duplicates in resourceRequirements\.$/,
  ],
  [
    'a shell expression as user',
    { user: '$(id -u)' },
    /^User '\$\(id -u\)' does not match regex \^\(\[a-z0-9_\]\[a-z0-9_-\]\{0,30\}\)\$$/,
  ],
  ['an instance type', { instanceType: 'p3.2xlarge' }, /^instanceType is only applicable/],
  ['a Fargate network', { networkConfiguration: {} }, /^networkConfiguration not applicable for EC2\.$/],
  [
    'a Fargate platform',
    { fargatePlatformConfiguration: {} },
    /^fargatePlatformConfiguration not applicable for EC2\.$/,
  ],
  ['a variable without name', { environment: [{ value: '1' }] }, /^Environment variable name is required\.$/],
  ['a variable whose name has an equals sign', { environment: [{ name: 'A=B', value: '1' }] }, /A=B is not valid/],
  ['a variable with a NUL character', { environment: [{ name: 'A', value: 'x\0' }] }, /NUL/],
  [
    'a mount point without volume',
    { mountPoints: [{ sourceVolume: 'nobody', containerPath: '/' }] },
    /^Unknown volume 'nobody'/,
  ],
  [
    'secrets without execution role',
    { ...withoutRole, executionRoleArn: undefined },
    /^executionRoleArn cannot be empty when using secrets or secretOptions$/,
  ],
  [
    'an unknown log option',
    { logConfiguration: { logDriver: 'awslogs', options: { x: 'y' } } },
    /^Log driver awslogs disallows options: x$/,
  ],
  [
    'a pattern of events that is none',
    { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-multiline-pattern': '[' } } },
    /^awslogs could not parse multiline pattern of log opt 'awslogs-multiline-pattern' "\["/,
  ],
  [
    'negative swap',
    { linuxParameters: { maxSwap: -1, swappiness: 60 } },
    /^Invalid swap memory size: -1, must be non-negative\.$/,
  ],
  [
    'a swappiness of 101',
    { linuxParameters: { swappiness: 101 } },
    /^Invalid swappiness: 101, must be between 0 and 100\.$/,
  ],
  [
    'an unknown mount option',
    { linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1, mountOptions: ['x'] }] } },
    /^Invalid tmpfs mount option: x$/,
  ],
  [
    'an EFA device elsewhere',
    { linuxParameters: { devices: [{ hostPath: '/dev/infiniband/uverbs0', containerPath: '/dev/x' }] } },
    /EFA device/,
  ],
  [
    'an access point below a root directory',
    {
      volumes: [
        {
          efsVolumeConfiguration: {
            ...efs,
            transitEncryption: 'ENABLED',
            rootDirectory: '/a',
            authorizationConfig: { accessPointId: 'a' },
          },
        },
      ],
      mountPoints: [],
    },
    /^When using an EFS access point, the root directory must either be set to "\/" or be omitted\.$/,
  ],
  [
    'EFS with IAM and without encryption',
    { volumes: [{ efsVolumeConfiguration: { ...efs, authorizationConfig: { iam: 'ENABLED' } } }], mountPoints: [] },
    /^EFS IAM authorization requires TransitEncryption to be enabled\.$/,
  ],
  [
    'an EFS volume without file system',
    { volumes: [{ efsVolumeConfiguration: { fileSystemId: '' } }], mountPoints: [] },
    /^EFS configuration fileSystemId is required\.$/,
  ],
  [
    'a volume of two kinds',
    { volumes: [{ host: {}, efsVolumeConfiguration: efs }], mountPoints: [] },
    /only one volume configuration type/,
  ],
  [
    'a soft limit above the hard one',
    { ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] },
    /above its hardLimit/,
  ],
];
for (const [title, change, words] of ec2Refusals) {
  test(`a definition for EC2 with ${title} is refused`, async () => {
    const { refusal } = await openBench();
    const containerProperties = { ...wholeContainer, ...change };
    assert.match(await refusal('RegisterJobDefinition', { ...smallDefinition, containerProperties }), words);
  });
}

const fargateRefusals: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['no execution role', { executionRoleArn: undefined }, /^executionRoleArn is required for Fargate jobs\.$/],
  [
    'privileges',
    { privileged: true },
    /^Fargate requires that the .privileged. setting be .false. at the container level\.$/,
  ],
  ['integer vcpus', { vcpus: 1 }, /^vcpus is not applicable for Fargate\. Use resource requirements instead\.$/],
  [
    'ulimits',
    { ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }] },
    /^ulimits is not applicable for Fargate\.$/,
  ],
  [
    'devices',
    { linuxParameters: { devices: [{ hostPath: '/dev/x' }] } },
    /^linuxParameter\.devices is not allowed for Fargate\.$/,
  ],
  [
    'swap',
    { linuxParameters: { maxSwap: 0, swappiness: 60 } },
    /^linuxParameter\.maxSwap is not allowed for Fargate\.$/,
  ],
  ['the syslog driver', { logConfiguration: { logDriver: 'syslog' } }, /^Log driver for Fargate is not valid: syslog$/],
  [
    '20 GiB of storage',
    { ephemeralStorage: { sizeInGiB: 20 } },
    /^Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB\.$/,
  ],
  [
    'a host path',
    { volumes: [{ name: 'v', host: { sourcePath: '/x' } }] },
    /^host\.sourcePath should not be set for volumes in Fargate\.$/,
  ],
  [
    'Windows on Arm',
    { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2019_CORE', cpuArchitecture: 'ARM64' } },
    /^Windows supported only by X86_64 cpuArchitecture$/,
  ],
  [
    'an old platform and EFS',
    { fargatePlatformConfiguration: { platformVersion: '1.3.0' }, volumes: [{ efsVolumeConfiguration: efs }] },
    /^EFS is supported for Fargate platform versions 1\.4\.0 or later, provided 1\.3\.0$/,
  ],
  [
    'a GPU',
    { resourceRequirements: [...fargateContainer.resourceRequirements, { type: 'GPU', value: '1' }] },
    /^GPU is not applicable for Fargate\.$/,
  ],
];
for (const [title, change, words] of fargateRefusals) {
  test(`a definition for Fargate with ${title} is refused`, async () => {
    const { refusal } = await openBench();
    const containerProperties = { ...fargateContainer, ...change };
    const definition = { ...smallDefinition, platformCapabilities: ['FARGATE'], containerProperties };
    assert.match(await refusal('RegisterJobDefinition', definition), words);
  });
}

const sizes: readonly (readonly [vcpu: string, memory: string, accepted: boolean])[] = [
  ['0.25', '512', true],
  ['0.25', '1536', false],
  ['0.5', '1024', true],
  ['0.5', '5120', false],
  ['1', '8192', true],
  ['1.0', '2048', true],
  ['1', '1024', false],
  ['8', '20480', true],
  ['8', '17408', false],
  ['16', '122880', true],
  ['3', '8192', false],
];
for (const [vcpu, memory, accepted] of sizes) {
  test(`Fargate ${accepted ? 'takes' : 'refuses'} ${vcpu} vCPU with ${memory} MiB`, async () => {
    const { call, refusal } = await openBench();
    const resourceRequirements = [
      { type: 'VCPU', value: vcpu },
      { type: 'MEMORY', value: memory },
    ];
    const containerProperties = { ...fargateContainer, resourceRequirements };
    const definition = { ...smallDefinition, platformCapabilities: ['FARGATE'], containerProperties };
    if (accepted) await call('RegisterJobDefinition', definition);
    else
      assert.match(
        await refusal('RegisterJobDefinition', definition),
        /^Fargate resource requirements \(.* vCPU, .* MiB\) not valid\.$/,
      );
  });
}

const wholeRefusals: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['two platforms', { platformCapabilities: ['EC2', 'FARGATE'] }, /^Exactly 1 capability must be provided\.$/],
  ['managed instances', { platformCapabilities: ['MANAGED_INSTANCES'] }, /MANAGED_INSTANCES is not supported/],
  ['no container', { containerProperties: undefined }, /^Container properties should not be empty\.$/],
  [
    'a scheduling priority of 10000',
    { schedulingPriority: 10_000 },
    /^Scheduling priority must be between 0 and 9999\.$/,
  ],
  [
    'a retry strategy without attempts',
    { retryStrategy: {} },
    /^RetryAttempts must be provided with retry strategy\.$/,
  ],
  [
    'six exit rules',
    { retryStrategy: { attempts: 2, evaluateOnExit: Array(6).fill({ action: 'EXIT' }) } },
    /at most 5 entries/,
  ],
  [
    'an exit code with letters',
    { retryStrategy: { attempts: 2, evaluateOnExit: [{ onExitCode: 'a', action: 'EXIT' }] } },
    /^Evaluate on exit condition contains restricted characters\.$/,
  ],
  [
    'a long pattern',
    { retryStrategy: { attempts: 2, evaluateOnExit: [{ onReason: 'a'.repeat(513), action: 'EXIT' }] } },
    /^Evaluate on exit condition cannot exceed 512 characters\.$/,
  ],
];
for (const [title, change, words] of wholeRefusals) {
  test(`a definition with ${title} is refused`, async () => {
    const { refusal } = await openBench();
    assert.match(await refusal('RegisterJobDefinition', { ...smallDefinition, ...change }), words);
  });
}
