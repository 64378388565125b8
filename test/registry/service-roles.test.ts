import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../src/core/clock.ts';
import { FakePolicies, policyOf, statement, trusting } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, findAwsManagedPolicy, type StoredRole } from '../../src/iam/index.ts';
import { openBench } from '../../src/services/batch/batch.fixture.ts';
import type { RoleProblem } from '../../src/services/batch/resources/account-roles.ts';
import { roleProblemWords, serviceRoleProblem } from '../../src/services/batch/resources/service-role.ts';
import { environment } from '../../src/services/batch/yard/resources.fixture.ts';

const serviceRole = 'arn:aws:iam::123456789012:role/mine';
const trust = trusting({ Service: 'batch.amazonaws.com' });
const everything = [policyOf(statement('Allow', '*'))];

/** What is wrong with a role, where it is stored like this. */
function judged(role?: Partial<StoredRole>, { unstoredRoles = 'their-purpose' as const, ...more }: Judging = {}) {
  const reads = new FakePolicies();
  if (role) reads.putRole('mine', { trust, policies: everything, ...role });
  const authority = new Authority({ reads, unstoredRoles });
  return serviceRoleProblem({ authority, clock: new ManualClock() }, { ...environment, serviceRole, ...more });
}

type Judging = Partial<typeof environment> & { readonly unstoredRoles?: 'their-purpose' | 'nothing' };

test('a service role must be one that Batch may assume, for this environment', () => {
  assert.equal(judged({}), undefined);
  const unassumable = { kind: 'unassumable' };
  assert.deepEqual(judged({ trust: trusting({ Service: 'ec2.amazonaws.com' }) }), unassumable);
  assert.deepEqual(judged({}, { serviceRole: 'arn:aws:iam::123456789012:role/service-role/mine' }), unassumable);
  const only = (arn: string) =>
    trusting({ Service: 'batch.amazonaws.com' }, ['sts:AssumeRole'], {
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnLike: { 'aws:SourceArn': [arn, 'arn:aws:batch:us-east-1:123456789012:job/*'] },
    });
  assert.equal(judged({ trust: only('arn:aws:batch:us-east-1:123456789012:compute-environment/ma*') }), undefined);
  assert.deepEqual(judged({ trust: only('arn:aws:batch:us-east-1:123456789012:compute-environment/x') }), unassumable);
});

test('what a service role lacks is told in the words of AWS', () => {
  assert.deepEqual(judged({ policies: [] }), {
    kind: 'unauthorized',
    words:
      'User: arn:aws:sts::123456789012:assumed-role/mine/aws-batch is not authorized to perform: ecs:CreateCluster on resource: * because no identity-based policy allows the ecs:CreateCluster action',
  });
  const denied = judged({ policies: [...everything, policyOf(statement('Deny', 'ec2:RunInstances'))] });
  assert.match(denied?.kind === 'unauthorized' ? denied.words : '', /ec2:RunInstances .* explicit deny/);
});

test('AWS’s own policies for service roles have all that is asked, for every kind of environment', () => {
  for (const name of ['service-role/AWSBatchServiceRole', 'aws-service-role/BatchServiceRolePolicy']) {
    const managed = findAwsManagedPolicy(`arn:aws:iam::aws:policy/${name}`);
    assert.ok(managed, name);
    const { Statement } = JSON.parse(managed.versions[managed.defaultVersion] ?? '');
    for (const type of ['EC2', 'SPOT', 'FARGATE'])
      for (const kind of ['MANAGED', 'UNMANAGED'] as const) {
        const computeResources = { type, maxvCpus: 4, subnets: [] };
        const problem = judged({ policies: [policyOf(Statement)] }, { kind, computeResources });
        assert.equal(problem, undefined, `${name} ${type} ${kind}`);
      }
  }
});

test('a role that IAM does not have serves where such roles may do anything, and the service’s own always', () => {
  assert.equal(judged(), undefined);
  const missing = judged(undefined, { unstoredRoles: 'nothing' });
  assert.deepEqual(missing, { kind: 'missing' });
  const words = (problem: RoleProblem | undefined) => roleProblemWords(problem, { ...environment, serviceRole });
  assert.deepEqual([words(missing), words(undefined)], [undefined, undefined], 'a VALID environment goes on');
  assert.match(words({ kind: 'unassumable' }) ?? '', /role\/mine cannot be assumed/);
  const linked = 'arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch';
  assert.equal(judged(undefined, { unstoredRoles: 'nothing', serviceRole: linked }), undefined);
});

const managed = {
  computeEnvironmentName: 'm',
  type: 'MANAGED',
  computeResources: {
    ...{ type: 'EC2', minvCpus: 0, maxvCpus: 4, instanceTypes: ['c5.large'], subnets: ['subnet-1'] },
    ...{ securityGroupIds: ['sg-1'], instanceRole: 'worker' },
  },
};

test('an environment whose service role does not serve is INVALID, in the words of AWS', async () => {
  const { call } = await openBench({
    roles: {
      problemOf: ({ serviceRole: role }) =>
        role?.endsWith('/poor') ? { kind: 'unauthorized', words: 'User: x' } : { kind: 'unassumable' },
    },
  });
  for (const [computeEnvironmentName, reason] of [
    ['poor', /^CLIENT_ERROR - User: x$/],
    ['strange', /^CLIENT_ERROR - Not authorized to perform sts:AssumeRole \(Service: AWSSecurityTokenService; /],
  ] as const) {
    const role = `arn:aws:iam::123456789012:role/${computeEnvironmentName}`;
    await call('CreateComputeEnvironment', { ...managed, computeEnvironmentName, serviceRole: role });
    const asked = { computeEnvironments: [computeEnvironmentName] };
    const { computeEnvironments } = await call<{ computeEnvironments: { status: string; statusReason: string }[] }>(
      'DescribeComputeEnvironments',
      asked,
    );
    assert.equal(computeEnvironments[0]?.status, 'INVALID');
    assert.match(computeEnvironments[0]?.statusReason ?? '', reason);
  }
});

test('the service’s own role is made for who leaves it out, who needs leave for that while it is not there', async () => {
  let made = 0;
  const roles = {
    hasLinkedRole: () => made > 0,
    makeLinkedRole: () => {
      made += 1;
    },
  };
  const { call, access } = await openBench({ roles });
  const asked = async (input: object) =>
    (await access('CreateComputeEnvironment', input)).filter(({ action }) => action === 'iam:CreateServiceLinkedRole');
  assert.deepEqual(await asked({ ...managed, serviceRole: '' }), [
    {
      action: 'iam:CreateServiceLinkedRole',
      resource: 'arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch',
      conditions: { 'iam:AWSServiceName': 'batch.amazonaws.com' },
    },
  ]);
  assert.deepEqual(await asked({ ...managed, serviceRole }), []);
  await call('CreateComputeEnvironment', { ...managed, computeEnvironmentName: 'own', serviceRole });
  assert.equal(made, 0);
  await call('CreateComputeEnvironment', managed);
  assert.equal(made, 1);
  assert.deepEqual(await asked(managed), []);
});

test('who names an instance profile hands over the role that is in it, whatever that is called', async () => {
  const roles = {
    roleOfProfile: (_account: string, name: string) =>
      name === 'worker' ? 'arn:aws:iam::123456789012:role/ecs/node' : name === 'empty' ? null : undefined,
  };
  const { access } = await openBench({ roles });
  const passed = async (instanceRole: string, operation = 'CreateComputeEnvironment') => {
    const input = {
      ...managed,
      computeEnvironment: 'm',
      computeResources: { ...managed.computeResources, instanceRole },
    };
    const requests = await access(operation, input);
    return requests.filter(({ action }) => action === 'iam:PassRole').map(({ resource }) => resource);
  };
  const profile = (name: string) => `arn:aws:iam::123456789012:instance-profile/${name}`;
  const node = ['arn:aws:iam::123456789012:role/ecs/node'];
  assert.deepEqual(await passed('worker'), node);
  assert.deepEqual(await passed(profile('some/path/worker')), node);
  assert.deepEqual(await passed(profile('worker'), 'UpdateComputeEnvironment'), node);
  assert.deepEqual(await passed('empty'), []);
  assert.deepEqual(await passed(profile('unknown')), ['arn:aws:iam::123456789012:role/unknown']);
});
