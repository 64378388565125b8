import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../../store/index.ts';
import { type Bench, fargateEnvironment, openBench, scope, smallEnvironment } from '../batch.fixture.ts';
import { batchRecords, computeEnvironmentRecords } from '../records.ts';

type Environment = Record<string, unknown> & { computeResources: Record<string, unknown> };

async function describe({ call }: Bench, name: string): Promise<Environment | undefined> {
  const answer = await call<{ computeEnvironments: Environment[] }>('DescribeComputeEnvironments', {
    computeEnvironments: [name],
  });
  return answer.computeEnvironments[0];
}

test('an environment is read back as given, with the defaults of AWS beside it', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, tags: { a: 'b' }, context: 'c' });
  const { uuid, ...rest } = (await describe(bench, 'm')) ?? assert.fail();
  assert.match(String(uuid), /^[0-9a-f-]{36}$/);
  assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
    computeEnvironmentName: 'm',
    computeEnvironmentArn: 'arn:aws:batch:us-east-1:123456789012:compute-environment/m',
    ecsClusterArn: `arn:aws:ecs:us-east-1:123456789012:cluster/m_Batch_${uuid}`,
    tags: { a: 'b' },
    type: 'MANAGED',
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'ComputeEnvironment Healthy',
    computeResources: {
      type: 'EC2',
      maxvCpus: 16,
      instanceTypes: ['optimal'],
      instanceRole: 'ecsInstanceRole',
      minvCpus: 0,
      desiredvCpus: 0,
      subnets: [],
      securityGroupIds: [],
      ec2Configuration: [{ imageType: 'ECS_AL2023' }],
    },
    serviceRole: 'arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch',
    containerOrchestrationType: 'ECS',
    context: 'c',
  });
});

test('an environment is CREATING when its record is first stored, and VALID in the next commit', async () => {
  const bench = await openBench();
  const statuses: string[] = [];
  const commit = bench.store.commit;
  bench.store.commit = (changes) => {
    for (const change of changes) {
      if (change.kind !== 'record.put' || change.record.type !== 'computeEnvironment') continue;
      const { name, status } = computeEnvironmentRecords.fromStored(change.record);
      if (name === 'm') statuses.push(status);
    }
    return commit(changes);
  };
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.store.settled();
  assert.deepEqual(statuses, ['CREATING', 'VALID']);
});

test('an environment left CREATING by a crash becomes VALID when the next server takes up its work', async () => {
  const first = await openBench();
  await first.call('CreateComputeEnvironment', smallEnvironment);
  const record = first.ledger.get(computeEnvironmentRecords, scope, 'm') ?? assert.fail();
  await first.store.commit([
    { kind: 'record.put', record: computeEnvironmentRecords.toStored({ ...record, status: 'CREATING' }) },
  ]);
  const second = await openBench({ store: first.store });
  assert.equal((await describe(second, 'm'))?.status, 'VALID');
});

test('a role that cannot be a role makes the environment INVALID with the words of AWS, and another role repairs it', async () => {
  const bench = await openBench();
  const serviceRole = 'arn:aws:iam::123456789012:user/somebody';
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, serviceRole });
  const broken = await describe(bench, 'm');
  assert.equal(broken?.status, 'INVALID');
  assert.match(String(broken?.statusReason), /^CLIENT_ERROR - Not authorized to perform sts:AssumeRole \(Service: /);
  await bench.call('UpdateComputeEnvironment', { computeEnvironment: 'm', serviceRole: 'AWSBatchServiceRole' });
  assert.equal((await describe(bench, 'm'))?.status, 'VALID');
});

test('roles and profiles of another account make it INVALID too: nobody can pass them', async () => {
  const bench = await openBench();
  const spot = { ...smallEnvironment.computeResources, type: 'SPOT' };
  const foreign = 'arn:aws:iam::210987654321:role/batch';
  const profile = 'arn:aws:iam::210987654321:instance-profile/ecs';
  const cases: readonly (readonly [more: object, words: RegExp])[] = [
    [{ serviceRole: foreign }, /Not authorized to perform sts:AssumeRole/],
    [{ computeResources: { ...spot, spotIamFleetRole: foreign } }, /SpotFleetRequestConfig\.IamFleetRole is invalid/],
    [
      { computeResources: { ...smallEnvironment.computeResources, instanceRole: profile } },
      /210987654321.* does not exist/,
    ],
  ];
  for (const [index, [more, words]] of cases.entries()) {
    const computeEnvironmentName = `m${index}`;
    await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName, ...more });
    assert.match(String((await describe(bench, computeEnvironmentName))?.statusReason), words);
  }
});

test('the engine of an environment is the one that its tag asks for if that is enabled, else the default', async () => {
  const { call, ledger } = await openBench();
  const engines: Record<string, string | undefined> = {};
  for (const [name, tag] of Object.entries({ a: 'mock', b: 'docker', c: 'nonsense', d: undefined })) {
    const tags = tag === undefined ? {} : { 'batchyard:engine': tag };
    await call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: name, tags });
    engines[name] = ledger.get(computeEnvironmentRecords, scope, name)?.engine;
  }
  assert.deepEqual(engines, { a: 'mock', b: 'process', c: 'process', d: 'process' });
});

const ec2 = smallEnvironment.computeResources;
const fargate = fargateEnvironment.computeResources;
const refusals: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['a name with a point', { computeEnvironmentName: 'a.b' }, /name should match a valid pattern/],
  ['a name that begins with a hyphen', { computeEnvironmentName: '-a' }, /name should match a valid pattern/],
  ['a name of 129 letters', { computeEnvironmentName: 'x'.repeat(129) }, /name should match a valid pattern/],
  ['the state DISABLED', { state: 'DISABLED' }, /^Compute Environment must be created in ENABLED state\.$/],
  [
    'no computeResources',
    { computeResources: undefined },
    /^computeResources must be provided for a MANAGED compute environment$/,
  ],
  ['unmanagedvCpus', { unmanagedvCpus: 4 }, /^unmanagedvCpus is not applicable for managed Compute Environment\.$/],
  ['no instance role', { computeResources: { ...ec2, instanceRole: undefined } }, /^Instance role is required\.$/],
  ['no instance types', { computeResources: { ...ec2, instanceTypes: [] } }, /^Resource instanceTypes are required\.$/],
  [
    'instances of two architectures',
    { computeResources: { ...ec2, instanceTypes: ['c6g.large', 'c5'] } },
    /^arm-based instance type cannot be used with other instance types\.$/,
  ],
  [
    'fewer vCPUs at most than at least',
    { computeResources: { ...ec2, minvCpus: 17 } },
    /^maxvCpus should be greater than or equal to minvCpus\.$/,
  ],
  [
    'desired vCPUs beyond the most',
    { computeResources: { ...ec2, desiredvCpus: 17 } },
    /^desiredvCpus should be between minvCpus and maxvCpus\.$/,
  ],
  [
    'a Spot strategy on EC2',
    { computeResources: { ...ec2, allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED' } },
    /^Allocation strategy SPOT_CAPACITY_OPTIMIZED requires compute resource type SPOT\.$/,
  ],
  [
    'SPOT without fleet role',
    { computeResources: { ...ec2, type: 'SPOT' } },
    /^compute resource spotIamFleetRole is required\.$/,
  ],
  [
    'a bid of 101 percent',
    { computeResources: { ...ec2, bidPercentage: 101 } },
    /^Bid percentage must be between 0 to 100\.$/,
  ],
  [
    'subnets without security groups',
    { computeResources: { ...ec2, subnets: ['subnet-1'] } },
    /^Security group ids are required\.$/,
  ],
  [
    'an instance type that can be none',
    { computeResources: { ...ec2, instanceTypes: ['Large One'] } },
    /^Instance type can only be one of \[[^\]]*\], got Large One$/,
  ],
  [
    'a launch template by id and name',
    { computeResources: { ...ec2, launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'n' } } },
    /^One of LaunchTemplateId and LaunchTemplateName or LaunchTemplate\.Overrides is required\.$/,
  ],
  [
    'an odd launch template version',
    { computeResources: { ...ec2, launchTemplate: { launchTemplateId: 'lt-1', version: 'newest' } } },
    /^LaunchTemplateVersion must be either empty or a number or \$Default or \$Latest\.$/,
  ],
  [
    '51 tags',
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) },
    /at most 50 tags, got 51/,
  ],
  ['a reserved tag', { tags: { 'AWS:x': '1' } }, /reserved/],
  [
    'minvCpus on Fargate',
    { computeResources: { ...fargate, minvCpus: 0 } },
    /^minvCpus is not applicable for Fargate\.$/,
  ],
  [
    'instance tags on Fargate',
    { computeResources: { ...fargate, tags: { a: 'b' } } },
    /^tags is not applicable for Fargate\.$/,
  ],
  [
    '17 subnets on Fargate',
    { computeResources: { ...fargate, subnets: Array.from({ length: 17 }, (_, i) => `subnet-${i}`) } },
    /^Fargate supports a maximum of 16 subnets\.$/,
  ],
  [
    'no security group on Fargate',
    { computeResources: { ...fargate, securityGroupIds: [] } },
    /^Security group ids are required\.$/,
  ],
];
for (const [title, change, words] of refusals) {
  test(`an environment with ${title} is refused`, async () => {
    const { refusal, ledger } = await openBench();
    assert.match(await refusal('CreateComputeEnvironment', { ...smallEnvironment, ...change }), words);
    assert.equal(ledger.get(computeEnvironmentRecords, scope, 'm'), undefined);
  });
}

test('an unmanaged environment needs a service role, and cannot be Fargate', async () => {
  const { refusal } = await openBench();
  const unmanaged = { computeEnvironmentName: 'u', type: 'UNMANAGED' };
  assert.equal(await refusal('CreateComputeEnvironment', unmanaged), 'ServiceRole is required.');
  const words = await refusal('CreateComputeEnvironment', {
    ...unmanaged,
    serviceRole: 'r',
    computeResources: fargate,
  });
  assert.match(words, /^Cannot create an UNMANAGED Fargate/);
});

test('a name is taken once, and a region has a limit of environments', async () => {
  const { call, refusal } = await openBench({ quotas: { computeEnvironments: 3 } });
  await call('CreateComputeEnvironment', smallEnvironment);
  const taken = { code: 'ClientException', status: 409, message: 'Object already exists' };
  await assert.rejects(call('CreateComputeEnvironment', smallEnvironment), taken);
  await call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: 'n' });
  const words = await refusal('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: 'o' });
  assert.equal(words, 'Maximum number of compute environments (3) reached.');
});

test('state and capacity numbers are updated, by name or ARN', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  const answer = await bench.call('UpdateComputeEnvironment', {
    computeEnvironment: 'arn:aws:batch:us-east-1:123456789012:compute-environment/m',
    state: 'DISABLED',
    computeResources: { minvCpus: 2, maxvCpus: 32, desiredvCpus: 4 },
  });
  assert.equal(answer.computeEnvironmentName, 'm');
  const updated = await describe(bench, 'm');
  assert.equal(updated?.state, 'DISABLED');
  assert.equal(updated?.status, 'VALID');
  const { minvCpus, maxvCpus, desiredvCpus } = updated?.computeResources ?? {};
  assert.deepEqual({ minvCpus, maxvCpus, desiredvCpus }, { minvCpus: 2, maxvCpus: 32, desiredvCpus: 4 });
});

test('what an update of an environment may not do is refused', async () => {
  const { call, refusal } = await openBench();
  await call('CreateComputeEnvironment', {
    ...smallEnvironment,
    computeResources: { ...ec2, desiredvCpus: 8 },
  });
  await call('CreateComputeEnvironment', fargateEnvironment);
  const update = (change: object, computeEnvironment = 'm') =>
    refusal('UpdateComputeEnvironment', { computeEnvironment, ...change });
  assert.equal(
    await update({ computeResources: { desiredvCpus: 4 } }),
    'Manually scaling down compute environment is not supported.  Disconnecting job queues from compute environment will cause it to scale-down to minvCpus.',
  );
  assert.match(await update({ computeResources: { desiredvCpus: 99 } }), /between minvCpus and maxvCpus/);
  assert.match(await update({ serviceRole: 'AWSBatchServiceRole' }), /cannot change between the service-linked role/);
  assert.match(await update({ computeResources: { minvCpus: 1 } }, 'f'), /^minvCpus is not applicable for Fargate\.$/);
  assert.equal(
    await update({}, 'nobody'),
    'arn:aws:batch:us-east-1:123456789012:compute-environment/nobody does not exist',
  );
  const elsewhere = 'arn:aws:batch:eu-west-1:123456789012:compute-environment/m';
  assert.equal(await update({}, elsewhere), `${elsewhere} does not exist`);
});

test('an update that gives infrastructure as it is, or empty lists on Fargate, changes nothing', async () => {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.call('CreateComputeEnvironment', fargateEnvironment);
  const before = [await describe(bench, 'm'), await describe(bench, 'f')];
  await bench.call('UpdateComputeEnvironment', {
    computeEnvironment: 'm',
    computeResources: {
      instanceTypes: ['optimal'],
      instanceRole: 'ecsInstanceRole',
      updateToLatestImageVersion: false,
    },
  });
  await bench.call('UpdateComputeEnvironment', { computeEnvironment: 'f', computeResources: { subnets: [] } });
  assert.deepEqual([await describe(bench, 'm'), await describe(bench, 'f')], before);
});

test('an environment is deleted once it is DISABLED and in no queue; deleting it again is no error', async () => {
  const bench = await openBench();
  const { call, refusal, yard } = bench;
  await call('CreateComputeEnvironment', smallEnvironment);
  await call('CreateJobQueue', {
    jobQueueName: 'q',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'm' }],
  });
  const deletion = { computeEnvironment: 'm' };
  assert.match(await refusal('DeleteComputeEnvironment', deletion), /must be in DISABLED state/);
  await call('UpdateComputeEnvironment', { ...deletion, state: 'DISABLED' });
  const attached = await refusal('DeleteComputeEnvironment', deletion);
  assert.equal(attached, 'Cannot delete, found existing JobQueue relationship.');
  await call('UpdateJobQueue', { jobQueue: 'q', state: 'DISABLED' });
  await call('DeleteJobQueue', { jobQueue: 'q' });
  await bench.store.settled();
  const before = yard.resourceChanges;
  await call('DeleteComputeEnvironment', deletion);
  await bench.store.settled();
  assert.equal(await describe(bench, 'm'), undefined);
  assert.ok(yard.resourceChanges > before);
  await call('DeleteComputeEnvironment', deletion);
  const stored = new Ledger({ store: bench.store, types: batchRecords, onFailed: () => assert.fail() });
  await stored.fill((await bench.store.load()).records);
  assert.equal(stored.get(computeEnvironmentRecords, scope, 'm'), undefined);
});

test('a resource that is being modified takes no other change', async () => {
  const { call, refusal, ledger } = await openBench();
  await call('CreateComputeEnvironment', smallEnvironment);
  const record = ledger.get(computeEnvironmentRecords, scope, 'm') ?? assert.fail();
  ledger.transact((transaction) =>
    transaction.put(computeEnvironmentRecords, { ...record, status: 'UPDATING', state: 'DISABLED' }),
  );
  const change = { computeEnvironment: 'm' };
  assert.equal(await refusal('UpdateComputeEnvironment', change), 'Cannot update, resource is being modified.');
  assert.equal(await refusal('DeleteComputeEnvironment', change), 'Cannot delete, resource is being modified.');
});

test('environments are paged by name with opaque tokens, and unknown names are left out', async () => {
  const { call, refusal } = await openBench();
  for (const name of ['c', 'a', 'b']) {
    await call('CreateComputeEnvironment', { ...smallEnvironment, computeEnvironmentName: name });
  }
  type Page = { computeEnvironments: { computeEnvironmentName: string }[]; nextToken?: string };
  const names = (page: Page) => page.computeEnvironments.map(({ computeEnvironmentName }) => computeEnvironmentName);
  const first = await call<Page>('DescribeComputeEnvironments', { maxResults: 3 });
  assert.deepEqual(names(first), ['a', 'b', 'c']);
  const second = await call<Page>('DescribeComputeEnvironments', { maxResults: 3, nextToken: first.nextToken });
  assert.deepEqual(names(second), ['default']);
  assert.equal(second.nextToken, undefined);
  const some = await call<Page>('DescribeComputeEnvironments', { computeEnvironments: ['b', 'nobody', 'b'] });
  assert.deepEqual(names(some), ['b']);
  for (const nextToken of ['x', Buffer.from('{"v":2}').toString('base64url'), '']) {
    assert.equal(await refusal('DescribeComputeEnvironments', { nextToken }), 'Invalid nextToken');
  }
  const words = await refusal('DescribeComputeEnvironments', { computeEnvironments: ['a'], maxResults: 1 });
  assert.equal(words, 'ComputeEnvironments and MaxResults cannot both be set');
  assert.match(await refusal('DescribeComputeEnvironments', { maxResults: 0 }), /maxResults must be between 1 and 100/);
});

test('each change of status of an environment is a fact, in the transaction that makes it', async () => {
  const bench = await openBench();
  const together: string[] = [];
  const { commit } = bench.store;
  bench.store.commit = (changes) => {
    const isOurs = changes.some((change) => change.kind.startsWith('record.') && 'fact' !== change.kind);
    for (const change of changes) if (change.kind === 'fact' && isOurs) together.push(change.fact.kind);
    return commit(changes);
  };
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.store.settled();
  await bench.call('UpdateComputeEnvironment', { computeEnvironment: 'm', state: 'DISABLED' });
  await bench.store.settled();
  await bench.call('DeleteComputeEnvironment', { computeEnvironment: 'm' });
  await bench.store.settled();
  await bench.store.settled();
  const facts = (await bench.store.reads.facts({ from: 0, limit: 100 })).map(({ fact }) => fact);
  const ours = facts.flatMap((fact) =>
    fact.kind === 'computeEnvironment' && fact.computeEnvironmentArn.endsWith('/m') ? [[fact.from, fact.to]] : [],
  );
  assert.deepEqual(ours, [
    [undefined, 'CREATING'],
    ['CREATING', 'VALID'],
    ['VALID', 'UPDATING'],
    ['UPDATING', 'VALID'],
    ['VALID', 'DELETING'],
    ['DELETING', undefined],
  ]);
  assert.equal(together.length, facts.length);
});

for (const [title, tags, words] of [
  ['too many', Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, ''])), /at most 50 tags, got 51/],
  ['of AWS’s own', { 'AWS:owner': 'x' }, /begin with aws: are reserved: AWS:owner/],
  ['without a key', { '': 'x' }, /must have 1 to 128 characters/],
  ['too long', { key: 'v'.repeat(257) }, /Value of tag key has more than 256 characters/],
] as const) {
  test(`tags for instances that are ${title} are refused, of an environment that is made and of one that is changed`, async () => {
    const { refusal, call } = await openBench();
    const { computeResources } = smallEnvironment;
    const input = { ...smallEnvironment, computeResources: { ...computeResources, tags } };
    assert.match(await refusal('CreateComputeEnvironment', input), words);
    await call('CreateComputeEnvironment', {
      ...smallEnvironment,
      // EC2 takes what Batch does not.
      computeResources: { ...computeResources, tags: { 'who?': 'me & you' } },
    });
    const change = { computeEnvironment: 'm', computeResources: { tags } };
    assert.match(await refusal('UpdateComputeEnvironment', change), words);
  });
}
