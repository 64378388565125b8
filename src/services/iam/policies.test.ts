import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, allowing, document, IamBench, refusal, trusting } from './iam.fixture.ts';
import type { IamOperationName } from './index.ts';

const arn = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const batchFull = 'arn:aws:iam::aws:policy/AWSBatchFullAccess';
const owners = [
  ['User', { UserName: 'ada' }, 2048],
  ['Group', { GroupName: 'crew' }, 5120],
  ['Role', { RoleName: 'worker' }, 10_240],
] as const;

async function openWithOwners() {
  const bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada' });
  await bench.call('CreateGroup', { GroupName: 'crew' });
  await bench.call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trusting });
  return bench;
}

async function policyOf(bench: IamBench, PolicyName = 'limits', more: object = {}) {
  const input = { PolicyName, PolicyDocument: allowing('batch:*'), ...more };
  const { Policy } = await bench.call<{ Policy: Record<string, unknown> & { Arn: string } }>('CreatePolicy', input);
  return Policy;
}

test('a policy is read as it was made, with its default version', async () => {
  await using bench = await openWithOwners();
  const PolicyDocument = `{\n  "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}\n}`;
  const more = { PolicyDocument, Path: '/x/', Description: 'limits', Tags: [{ Key: 'k', Value: 'v' }] };
  const made = await policyOf(bench, 'limits', more);
  assert.match(String(made.PolicyId), /^ANPA/);
  assert.deepEqual([made.Arn, made.DefaultVersionId, made.Description], [arn('policy/x/limits'), 'v1', 'limits']);
  await bench.restart();
  assert.deepEqual(await bench.call('GetPolicy', { PolicyArn: made.Arn }), { Policy: made });
  const { PolicyVersion } = await bench.call<{ PolicyVersion: Record<string, unknown> }>('GetPolicyVersion', {
    PolicyArn: made.Arn,
    VersionId: 'v1',
  });
  assert.equal(decodeURIComponent(String(PolicyVersion.Document)), PolicyDocument);
  assert.equal(PolicyVersion.IsDefaultVersion, true);
  await assert.rejects(
    bench.call('GetPolicy', { PolicyArn: arn('policy/limits') }),
    refusal('NoSuchEntity', `Policy ${arn('policy/limits')} was not found.`),
    'its path is a part of its ARN',
  );
});

test('a policy has five versions at most, one of which is the default one, and a number is given once', async () => {
  await using bench = await openWithOwners();
  const { Arn: PolicyArn } = await policyOf(bench);
  await bench.call('AttachUserPolicy', { UserName: 'ada', PolicyArn });
  const create = (SetAsDefault: string) =>
    bench.call<{ PolicyVersion: Record<string, unknown> }>('CreatePolicyVersion', {
      ...{ PolicyArn, PolicyDocument: allowing('sns:*'), SetAsDefault },
    });
  for (const version of ['v2', 'v3', 'v4', 'v5']) {
    const { PolicyVersion } = await create('false');
    assert.deepEqual([PolicyVersion.VersionId, PolicyVersion.IsDefaultVersion], [version, false]);
  }
  const tooMany =
    'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.';
  await assert.rejects(create('true'), refusal('LimitExceeded', tooMany));
  const speaks = () => bench.service.policies.user(account, 'ada')?.policies[0]?.speakingOf('sns:publish').length;
  assert.equal(speaks(), 0);
  await bench.call('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v5' });
  assert.equal(speaks(), 1);
  await assert.rejects(
    bench.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' }),
    refusal('DeleteConflict', 'Cannot delete the default version of a policy.'),
  );
  await bench.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' });
  assert.equal((await create('true')).PolicyVersion.VersionId, 'v6');
  await bench.restart();
  const { Versions } = await bench.call<{ Versions: Record<string, unknown>[] }>('ListPolicyVersions', { PolicyArn });
  assert.deepEqual(
    Versions.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion]),
    [
      ['v6', true],
      ['v5', false],
      ['v4', false],
      ['v3', false],
      ['v2', false],
    ],
  );
  await assert.rejects(
    bench.call('GetPolicyVersion', { PolicyArn, VersionId: 'v1' }),
    refusal('NoSuchEntity', /version v1/),
  );
});

test('a policy goes when nothing has it and it has one version', async () => {
  await using bench = await openWithOwners();
  const { Arn: PolicyArn } = await policyOf(bench);
  const attached = refusal('DeleteConflict', 'Cannot delete a policy attached to entities.');
  await bench.call('AttachRolePolicy', { RoleName: 'worker', PolicyArn });
  await assert.rejects(bench.call('DeletePolicy', { PolicyArn }), attached);
  await bench.call('DetachRolePolicy', { RoleName: 'worker', PolicyArn });
  await bench.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: PolicyArn });
  await assert.rejects(bench.call('DeletePolicy', { PolicyArn }), attached);
  await bench.call('DeleteUserPermissionsBoundary', { UserName: 'ada' });
  await bench.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: allowing('*') });
  await assert.rejects(bench.call('DeletePolicy', { PolicyArn }), refusal('DeleteConflict', /more than one version/));
  await bench.call('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
  await bench.call('DeletePolicy', { PolicyArn });
  const { records } = await bench.store.load();
  assert.ok(!records.some(({ type }) => type.startsWith('iamPolicy')));
});

test('what AWS manages is there, is attached, and cannot be changed', async () => {
  await using bench = await openWithOwners();
  const { Policy } = await bench.call<{ Policy: Record<string, unknown> }>('GetPolicy', { PolicyArn: batchFull });
  assert.deepEqual([Policy.PolicyName, Policy.Path, Policy.IsAttachable], ['AWSBatchFullAccess', '/', true]);
  const PolicyArn = batchFull;
  const { Versions } = await bench.call<{ Versions: { VersionId: string }[] }>('ListPolicyVersions', { PolicyArn });
  assert.deepEqual(
    Versions.map(({ VersionId }) => VersionId),
    [Policy.DefaultVersionId],
  );
  const outside = refusal('AccessDenied', 'Policy is outside your own account.');
  await assert.rejects(bench.call('DeletePolicy', { PolicyArn }), outside);
  await assert.rejects(bench.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: allowing('*') }), outside);
  await assert.rejects(bench.call('TagPolicy', { PolicyArn, Tags: [] }), outside);
});

test('lists of policies tell those of AWS, of the account, and those in use', async () => {
  await using bench = await openWithOwners();
  const { Arn } = await policyOf(bench, 'limits', { Path: '/x/' });
  const { Arn: unused } = await policyOf(bench, 'unused');
  await bench.call('AttachUserPolicy', { UserName: 'ada', PolicyArn: batchFull });
  await bench.call('PutRolePermissionsBoundary', { RoleName: 'worker', PermissionsBoundary: Arn });
  const arns = async (input: object) => {
    const { Policies } = await bench.call<{ Policies: { Arn: string }[] }>('ListPolicies', {
      MaxItems: '1000',
      ...input,
    });
    return Policies.map((policy) => policy.Arn);
  };
  assert.deepEqual(await arns({ Scope: 'Local' }), [Arn, unused]);
  assert.deepEqual(await arns({ OnlyAttached: 'true' }), [batchFull, Arn]);
  assert.deepEqual(await arns({ PolicyUsageFilter: 'PermissionsBoundary' }), [Arn]);
  assert.deepEqual(await arns({ PathPrefix: '/x/' }), [Arn]);
  const aws = await arns({ Scope: 'AWS' });
  assert.ok(aws.length >= 43 && aws.every((each) => each.startsWith('arn:aws:iam::aws:')));
  const all: string[] = [];
  let Marker: string | undefined;
  do {
    const input = { MaxItems: '7', ...(Marker === undefined ? {} : { Marker }) };
    const page = await bench.call<{ Policies: { Arn: string }[]; Marker?: string }>('ListPolicies', input);
    all.push(...page.Policies.map((policy) => policy.Arn));
    Marker = page.Marker;
  } while (Marker !== undefined);
  assert.deepEqual(all, [...aws, Arn, unused]);
});

type Owned = (typeof owners)[number];

const nameOf = (kind: Owned[0]) => (prefix: string, suffix: string) => `${prefix}${kind}${suffix}` as IamOperationName;

async function ownPoliciesHold([kind, owner]: Owned): Promise<void> {
  const name = nameOf(kind);
  await using bench = await openWithOwners();
  const put = (PolicyName: string, PolicyDocument: string) =>
    bench.call(name('Put', 'Policy'), { ...owner, PolicyName, PolicyDocument });
  await put('b', allowing('sns:*'));
  await put('a', allowing('batch:*'));
  await put('a', allowing('logs:*'));
  await bench.restart();
  assert.deepEqual(await bench.call(name('List', 'Policies'), owner), {
    PolicyNames: ['a', 'b'],
    IsTruncated: false,
  });
  const told = await bench.call<{ PolicyDocument: string }>(name('Get', 'Policy'), { ...owner, PolicyName: 'a' });
  assert.equal(decodeURIComponent(told.PolicyDocument), allowing('logs:*'));
  await bench.call(name('Delete', 'Policy'), { ...owner, PolicyName: 'a' });
  const unknown = refusal('NoSuchEntity', `The ${kind.toLowerCase()} policy with name a cannot be found.`);
  await assert.rejects(bench.call(name('Get', 'Policy'), { ...owner, PolicyName: 'a' }), unknown);
  await assert.rejects(put('c', '{}'), refusal('MalformedPolicyDocument', 'Syntax errors in policy.'));
}

test('users, groups and roles have policies of their own: put, told as they were given, and deleted', async () => {
  for (const owned of owners) await ownPoliciesHold(owned);
});

async function sumsHold([kind, owner, most]: Owned): Promise<void> {
  const name = nameOf(kind);
  await using bench = await openWithOwners();
  const half = (size: number) => {
    const empty = document({ Effect: 'Allow', Action: 's3:Get', Resource: '*' });
    return empty.replace('s3:Get', `s3:Get${'x'.repeat(size - empty.length)}`);
  };
  const put = (PolicyName: string, PolicyDocument: string) =>
    bench.call(name('Put', 'Policy'), { ...owner, PolicyName, PolicyDocument });
  await put('a', half(most / 2));
  await put('b', `${' '.repeat(5000)}${half(most / 2)}`);
  await put('b', half(most / 2));
  const [, who = ''] = Object.entries(owner).flat();
  const words = `Maximum policy size of ${most} bytes exceeded for ${kind.toLowerCase()} ${who}`;
  await assert.rejects(put('b', half(most / 2 + 1)), refusal('LimitExceeded', words));
}

test('the policies of a user, group or role have room together, without their white space', async () => {
  for (const owned of owners) await sumsHold(owned);
});

async function attachmentsHold([kind, owner]: Owned): Promise<void> {
  const name = nameOf(kind);
  await using bench = await openWithOwners();
  const { Arn } = await policyOf(bench, 'limits', { Path: '/x/' });
  for (const PolicyArn of [batchFull, Arn, Arn]) await bench.call(name('Attach', 'Policy'), { ...owner, PolicyArn });
  await bench.restart();
  const list = async (more: object = {}) =>
    (await bench.call<{ AttachedPolicies: object[] }>(name('ListAttached', 'Policies'), { ...owner, ...more }))
      .AttachedPolicies;
  const own = { PolicyName: 'limits', PolicyArn: Arn };
  assert.deepEqual(await list(), [own, { PolicyName: 'AWSBatchFullAccess', PolicyArn: batchFull }]);
  assert.deepEqual(await list({ PathPrefix: '/x/' }), [own]);
  const counted = await bench.call<{ Policy: { AttachmentCount: number } }>('GetPolicy', { PolicyArn: Arn });
  assert.equal(counted.Policy.AttachmentCount, 1);
  const { PolicyUsers, PolicyGroups, PolicyRoles } = await bench.call<Record<string, object[]>>(
    'ListEntitiesForPolicy',
    {
      PolicyArn: Arn,
    },
  );
  const entities = { User: PolicyUsers, Group: PolicyGroups, Role: PolicyRoles };
  assert.deepEqual(
    entities[kind]?.map((each) => Object.values(each)[0]),
    [Object.values(owner)[0]],
  );
  await bench.call(name('Detach', 'Policy'), { ...owner, PolicyArn: Arn });
  const gone = refusal('NoSuchEntity', `Policy ${Arn} was not found.`);
  await assert.rejects(bench.call(name('Detach', 'Policy'), { ...owner, PolicyArn: Arn }), gone);
  const nowhere = arn('policy/none');
  await assert.rejects(
    bench.call(name('Attach', 'Policy'), { ...owner, PolicyArn: nowhere }),
    refusal('NoSuchEntity', `Policy ${nowhere} does not exist or is not attachable.`),
  );
}

test('policies are attached to users, groups and roles once, told and detached', async () => {
  for (const owned of owners) await attachmentsHold(owned);
});

test('twenty policies are attached to one at most', async () => {
  await using bench = await openWithOwners();
  for (let index = 0; index <= 20; index += 1) await policyOf(bench, `p${index}`);
  const attach = (index: number) =>
    bench.call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: arn(`policy/p${index}`) });
  for (let index = 0; index < 20; index += 1) await attach(index);
  await assert.rejects(attach(20), refusal('LimitExceeded', 'Cannot exceed quota for PoliciesPerRole: 20'));
});

test('users and roles have boundaries, which are told with them and among the entities of a policy', async () => {
  await using bench = await openWithOwners();
  const { Arn: PermissionsBoundary } = await policyOf(bench);
  await bench.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary });
  await bench.call('PutRolePermissionsBoundary', { RoleName: 'worker', PermissionsBoundary });
  const entities = await bench.call<Record<string, object[]>>('ListEntitiesForPolicy', {
    ...{ PolicyArn: PermissionsBoundary, PolicyUsageFilter: 'PermissionsBoundary' },
  });
  assert.deepEqual([entities.PolicyUsers?.length, entities.PolicyRoles?.length, entities.PolicyGroups], [1, 1, []]);
  const first = await bench.call<Record<string, unknown>>('ListEntitiesForPolicy', {
    PolicyArn: PermissionsBoundary,
    MaxItems: '1',
  });
  const second = await bench.call<Record<string, object[]>>('ListEntitiesForPolicy', {
    ...{ PolicyArn: PermissionsBoundary, Marker: first.Marker, EntityFilter: 'Role' },
  });
  assert.deepEqual([second.PolicyRoles?.length, second.IsTruncated], [1, false]);
  assert.equal(bench.service.policies.role(account, 'worker')?.boundary?.id, PermissionsBoundary);
  await bench.call('DeleteRolePermissionsBoundary', { RoleName: 'worker' });
  assert.equal(bench.service.policies.role(account, 'worker')?.boundary, undefined);
  const none = refusal('NoSuchEntity', 'The role worker does not have a permissions boundary.');
  await assert.rejects(bench.call('DeleteRolePermissionsBoundary', { RoleName: 'worker' }), none);
  const missing = arn('policy/none');
  await assert.rejects(
    bench.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: missing }),
    refusal('NoSuchEntity', `Scope ARN: ${missing} does not exist or is not attachable.`),
  );
});

test('a managed policy is sound and fits', async () => {
  await using bench = await openWithOwners();
  const create = (PolicyDocument: string) => policyOf(bench, 'x', { PolicyDocument });
  await assert.rejects(create('not JSON'), refusal('MalformedPolicyDocument', 'Syntax errors in policy.'));
  await assert.rejects(
    create(trusting),
    refusal('MalformedPolicyDocument', 'Policy document should not specify a principal.'),
  );
  const long = document({ Effect: 'Allow', Action: 's3:Get', Resource: `arn:aws:s3:::${'x'.repeat(6100)}` });
  await assert.rejects(create(long), refusal('LimitExceeded', 'Cannot exceed quota for PolicySize: 6144'));
});
