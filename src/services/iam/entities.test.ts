import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessOf } from '../../core/operation.fixture.ts';
import { account, allowing, document, IamBench, refusal, trusting } from './iam.fixture.ts';
import type { IamOperationName } from './index.ts';

interface Entity {
  readonly Arn: string;
  readonly Path: string;
  readonly CreateDate: Date;
  readonly [name: string]: unknown;
}

const arn = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const batchFull = 'arn:aws:iam::aws:policy/AWSBatchFullAccess';

test('a user is read as it was made, and its unique id stays when it gets another name and path', async () => {
  await using bench = await IamBench.open();
  const Tags = [{ Key: 'Team', Value: 'x' }];
  const given = { UserName: 'ada', Path: '/team/', PermissionsBoundary: batchFull, Tags };
  const { User: made } = await bench.call<{ User: Entity }>('CreateUser', given);
  assert.match(String(made.UserId), /^AIDA[A-Z2-7]{17}$/);
  const PermissionsBoundary = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: batchFull };
  const { UserId, CreateDate } = made;
  const whole = {
    Path: '/team/',
    UserName: 'ada',
    UserId,
    Arn: arn('user/team/ada'),
    CreateDate,
    PermissionsBoundary,
    Tags,
  };
  assert.deepEqual(made, whole);
  await bench.restart();
  assert.deepEqual(await bench.call('GetUser', { UserName: 'ada' }), { User: whole });
  await bench.call('CreateGroup', { GroupName: 'crew' });
  await bench.call('AddUserToGroup', { GroupName: 'crew', UserName: 'ada' });
  await bench.call('UpdateUser', { UserName: 'ada', NewUserName: 'bob', NewPath: '/' });
  const renamed = { ...whole, Path: '/', UserName: 'bob', Arn: arn('user/bob') };
  assert.deepEqual(await bench.call('GetUser', { UserName: 'bob' }), { User: renamed });
  const { Users } = await bench.call<{ Users: Entity[] }>('GetGroup', { GroupName: 'crew' });
  assert.deepEqual(
    Users.map(({ UserName }) => UserName),
    ['bob'],
  );
  const unknown = refusal('NoSuchEntity', 'The user with name ada cannot be found.');
  await assert.rejects(bench.call('GetUser', { UserName: 'ada' }), unknown);
});

test('without a name it is about the user who calls, and of nobody else', async () => {
  await using bench = await IamBench.open();
  const { User } = await bench.call<{ User: Entity }>('CreateUser', { UserName: 'ada' });
  const principal = { kind: 'user', arn: User.Arn, userId: User.UserId, account, userName: 'ada' } as never;
  assert.deepEqual(await bench.call('GetUser', {}, { principal }), { User });
  const key = await bench.call<{ AccessKey: Entity }>('CreateAccessKey', {}, { principal });
  assert.equal(key.AccessKey.UserName, 'ada');
  await assert.rejects(
    bench.call('CreateAccessKey'),
    refusal('ValidationError', 'Must specify userName when calling with non-User credentials'),
  );
  assert.deepEqual(await bench.call('GetUser'), { User: { Path: '/', UserId: account, Arn: arn('root') } });
});

test('without a name it is asked on the user who calls, so that policies for oneself allow it', async () => {
  await using bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada', Path: '/team/' });
  const own = arn('user/team/ada');
  const principal = { kind: 'user', arn: own, userId: 'AIDA', account, userName: 'ada' } as never;
  const operations = await bench.operations();
  for (const name of ['GetUser', 'ListAccessKeys', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'] as const) {
    const operation = operations[name];
    assert.ok(operation);
    const [asked] = await accessOf(operation, {}, { ...bench.context(), principal });
    assert.equal(asked?.resource, own, name);
    const [ofOther] = await accessOf(operation, { UserName: 'bob' }, { ...bench.context(), principal });
    assert.equal(ofOther?.resource, arn('user/bob'), name);
    const [ofRoot] = await accessOf(operation, {}, bench.context());
    assert.equal(ofRoot?.resource, arn('user/*'), name);
  }
});

test('a name that there is, in whatever case, is taken', async () => {
  await using bench = await IamBench.open();
  const cases: readonly (readonly [IamOperationName, object, object, string])[] = [
    ['CreateUser', { UserName: 'ada' }, { UserName: 'ADA' }, 'User with name ADA already exists.'],
    ['CreateGroup', { GroupName: 'crew' }, { GroupName: 'Crew' }, 'Group with name Crew already exists.'],
    [
      'CreateRole',
      { RoleName: 'r', AssumeRolePolicyDocument: trusting },
      { RoleName: 'R', AssumeRolePolicyDocument: trusting },
      'Role with name R already exists.',
    ],
    [
      'CreateInstanceProfile',
      { InstanceProfileName: 'p' },
      { InstanceProfileName: 'P' },
      'Instance Profile P already exists.',
    ],
    [
      'CreatePolicy',
      { PolicyName: 'x', PolicyDocument: allowing('*') },
      { PolicyName: 'X', PolicyDocument: allowing('*') },
      'A policy called X already exists. Duplicate names are not allowed.',
    ],
  ];
  for (const [name, first, second, words] of cases) {
    await bench.call(name, first);
    await assert.rejects(bench.call(name, second), refusal('EntityAlreadyExists', words));
  }
  await bench.call('CreateUser', { UserName: 'bob' });
  await assert.rejects(
    bench.call('UpdateUser', { UserName: 'bob', NewUserName: 'ada' }),
    refusal('EntityAlreadyExists', 'User with name ada already exists.'),
  );
  await bench.call('UpdateUser', { UserName: 'bob', NewUserName: 'Bob' });
});

test('groups have users, keep them under another name, and go when they are empty', async () => {
  await using bench = await IamBench.open();
  const { Group } = await bench.call<{ Group: Entity }>('CreateGroup', { GroupName: 'crew', Path: '/a/' });
  assert.match(String(Group.GroupId), /^AGPA/);
  await bench.call('CreateUser', { UserName: 'ada' });
  for (let time = 0; time < 2; time += 1) await bench.call('AddUserToGroup', { GroupName: 'crew', UserName: 'ada' });
  await bench.call('UpdateGroup', { GroupName: 'crew', NewGroupName: 'team', NewPath: '/' });
  const renamed = { ...Group, GroupName: 'team', Path: '/', Arn: arn('group/team') };
  assert.deepEqual(await bench.call('ListGroupsForUser', { UserName: 'ada' }), {
    Groups: [renamed],
    IsTruncated: false,
  });
  assert.deepEqual(await bench.call('ListGroups'), { Groups: [renamed], IsTruncated: false });
  const conflict = refusal('DeleteConflict', 'Cannot delete entity, must remove users from group first.');
  await assert.rejects(bench.call('DeleteGroup', { GroupName: 'team' }), conflict);
  await bench.call('RemoveUserFromGroup', { GroupName: 'team', UserName: 'ada' });
  await bench.call('DeleteGroup', { GroupName: 'team' });
  await assert.rejects(
    bench.call('GetGroup', { GroupName: 'team' }),
    refusal('NoSuchEntity', 'The group with name team cannot be found.'),
  );
});

test('a user is in ten groups at most', async () => {
  await using bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada' });
  for (let index = 0; index <= 10; index += 1) await bench.call('CreateGroup', { GroupName: `g${index}` });
  const add = (index: number) => bench.call('AddUserToGroup', { GroupName: `g${index}`, UserName: 'ada' });
  for (let index = 0; index < 10; index += 1) await add(index);
  await assert.rejects(add(10), refusal('LimitExceeded', 'Cannot exceed quota for GroupsPerUser: 10'));
});

test('a user goes only without keys, policies and groups', async () => {
  await using bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada' });
  await bench.call('CreateGroup', { GroupName: 'crew' });
  const UserName = 'ada';
  const { AccessKey } = await bench.call<{ AccessKey: Entity }>('CreateAccessKey', { UserName });
  const left: readonly (readonly [IamOperationName, object, IamOperationName, object, string])[] = [
    [
      'AttachUserPolicy',
      { UserName, PolicyArn: batchFull },
      'DetachUserPolicy',
      { UserName, PolicyArn: batchFull },
      'detach all policies',
    ],
    [
      'PutUserPolicy',
      { UserName, PolicyName: 'p', PolicyDocument: allowing('*') },
      'DeleteUserPolicy',
      { UserName, PolicyName: 'p' },
      'delete policies',
    ],
    [
      'AddUserToGroup',
      { UserName, GroupName: 'crew' },
      'RemoveUserFromGroup',
      { UserName, GroupName: 'crew' },
      'remove users from group',
    ],
  ];
  const conflict = (must: string) => refusal('DeleteConflict', `Cannot delete entity, must ${must} first.`);
  await assert.rejects(bench.call('DeleteUser', { UserName }), conflict('delete access keys'));
  await bench.call('DeleteAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId });
  for (const [begin, input, end, back, must] of left) {
    await bench.call(begin, input);
    await assert.rejects(bench.call('DeleteUser', { UserName }), conflict(must));
    await bench.call(end, back);
  }
  await bench.call('DeleteUser', { UserName });
  await bench.restart();
  assert.deepEqual(await bench.call('ListUsers'), { Users: [], IsTruncated: false });
});

test('a role is read as it was made, its document encoded, and changed', async () => {
  await using bench = await IamBench.open();
  const given = {
    ...{ RoleName: 'worker', Path: '/jobs/', AssumeRolePolicyDocument: trusting, Description: 'works' },
    ...{ MaxSessionDuration: '7200', Tags: [{ Key: 'k', Value: 'v' }] },
  };
  const { Role } = await bench.call<{ Role: Entity }>('CreateRole', given);
  assert.match(String(Role.RoleId), /^AROA/);
  assert.equal(decodeURIComponent(String(Role.AssumeRolePolicyDocument)), trusting);
  assert.ok(!/[!'()*]/.test(String(Role.AssumeRolePolicyDocument)));
  assert.deepEqual([Role.Arn, Role.MaxSessionDuration, Role.Description], [arn('role/jobs/worker'), 7200, 'works']);
  await bench.restart();
  assert.deepEqual(await bench.call('GetRole', { RoleName: 'worker' }), { Role: { ...Role, RoleLastUsed: {} } });
  await bench.call('UpdateRole', { RoleName: 'worker', MaxSessionDuration: '3600' });
  await bench.call('UpdateRoleDescription', { RoleName: 'worker', Description: '' });
  const other = document({ Effect: 'Allow', Principal: { Service: 'batch.amazonaws.com' }, Action: 'sts:AssumeRole' });
  await bench.call('UpdateAssumeRolePolicy', { RoleName: 'worker', PolicyDocument: other });
  const { Role: changed } = await bench.call<{ Role: Entity }>('GetRole', { RoleName: 'worker' });
  assert.deepEqual([changed.MaxSessionDuration, changed.Description], [3600, undefined]);
  assert.equal(decodeURIComponent(String(changed.AssumeRolePolicyDocument)), other);
  assert.deepEqual(bench.service.policies.role(account, 'worker')?.trust.statements.length, 1);
});

test('a trust policy must be one, fit, and name users and roles of the account that exist', async () => {
  await using bench = await IamBench.open();
  const create = (AssumeRolePolicyDocument: string) =>
    bench.call('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument });
  const naming = (AWS: string) => document({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
  await assert.rejects(create(allowing('*')), refusal('MalformedPolicyDocument', 'Missing required field Principal'));
  await assert.rejects(create('{'), refusal('MalformedPolicyDocument', 'This policy contains invalid Json'));
  const nobody = arn('user/nobody');
  const invalid = refusal('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${nobody}"`);
  await assert.rejects(create(naming(nobody)), invalid);
  const long = document({ Effect: 'Allow', Principal: { AWS: Array(200).fill(account) }, Action: 'sts:AssumeRole' });
  await assert.rejects(create(long), refusal('LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048'));
  const federated = (Federated: string) =>
    document({ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' });
  const words = 'Federated principals must be valid domain names or SAML metadata ARNs';
  for (const name of ['https://issuer.example', 'arn:aws:iam//123456789012:oidc-provider/a.example', 'issuer']) {
    await assert.rejects(create(federated(name)), refusal('MalformedPolicyDocument', words), name);
  }
  await create(naming('arn:aws:iam::999999999999:user/somebody'));
  const update = (name: string) =>
    bench.call('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: federated(name) });
  await assert.rejects(update('issuer'), refusal('MalformedPolicyDocument', words));
  for (const name of ['accounts.google.com', arn('oidc-provider/a.example/path')]) await update(name);
});

test('an instance profile has one role, which does not go before it is taken out', async () => {
  await using bench = await IamBench.open();
  const InstanceProfileName = 'hosts';
  await bench.call('CreateRole', { RoleName: 'host', AssumeRolePolicyDocument: trusting });
  await bench.call('CreateRole', { RoleName: 'other', AssumeRolePolicyDocument: trusting });
  const made = await bench.call<{ InstanceProfile: Entity }>('CreateInstanceProfile', {
    InstanceProfileName,
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  assert.match(String(made.InstanceProfile.InstanceProfileId), /^AIPA/);
  assert.deepEqual(await bench.call('GetInstanceProfile', { InstanceProfileName }), made);
  await bench.call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'host' });
  await assert.rejects(
    bench.call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'other' }),
    refusal('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'),
  );
  const { InstanceProfiles } = await bench.call<{ InstanceProfiles: { Roles: Entity[] }[] }>(
    'ListInstanceProfilesForRole',
    {
      RoleName: 'host',
    },
  );
  assert.deepEqual(
    InstanceProfiles.map(({ Roles }) => Roles.map(({ RoleName }) => RoleName)),
    [['host']],
  );
  const listed = await bench.call<{ InstanceProfiles: Entity[] }>('ListInstanceProfiles', { PathPrefix: '/' });
  assert.equal(listed.InstanceProfiles.length, 1);
  const conflict = refusal('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.');
  await assert.rejects(bench.call('DeleteRole', { RoleName: 'host' }), conflict);
  await assert.rejects(bench.call('DeleteInstanceProfile', { InstanceProfileName }), conflict);
  await bench.call('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: 'host' });
  await bench.call('DeleteInstanceProfile', { InstanceProfileName });
  await bench.call('DeleteRole', { RoleName: 'host' });
});

test('lists are told in pages, by the beginning of paths, and a marker of another list is refused', async () => {
  await using bench = await IamBench.open();
  for (let index = 0; index < 25; index += 1) {
    await bench.call('CreateUser', {
      UserName: `user-${String(index).padStart(2, '0')}`,
      Path: index % 2 ? '/odd/' : '/even/',
    });
  }
  const names: unknown[] = [];
  let Marker: string | undefined;
  do {
    const page = await bench.call<{ Users: Entity[]; Marker?: string; IsTruncated: boolean }>('ListUsers', {
      ...{ PathPrefix: '/odd', MaxItems: '5' },
      ...(Marker === undefined ? {} : { Marker }),
    });
    assert.ok(page.Users.length <= 5);
    assert.equal(page.IsTruncated, page.Marker !== undefined);
    names.push(...page.Users.map(({ UserName }) => UserName));
    Marker = page.Marker;
  } while (Marker !== undefined);
  assert.deepEqual(
    names,
    Array.from({ length: 12 }, (_, index) => `user-${String(2 * index + 1).padStart(2, '0')}`),
  );
  const { Marker: other } = await bench.call<{ Marker: string }>('ListUsers', { MaxItems: '1' });
  await assert.rejects(
    bench.call('ListRoles', { Marker: other }),
    refusal('InvalidInput', 'Marker is not one of this list'),
  );
});

test('tags are put, told and taken away, and their keys are the same whatever their case', async () => {
  await using bench = await IamBench.open();
  await bench.call('CreateUser', { UserName: 'ada', Tags: [{ Key: 'Team', Value: 'x' }] });
  await bench.call('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trusting });
  await bench.call('CreateInstanceProfile', { InstanceProfileName: 'p' });
  const { Policy } = await bench.call<{ Policy: Entity }>('CreatePolicy', {
    PolicyName: 'x',
    PolicyDocument: allowing('*'),
  });
  const things = [
    ['User', { UserName: 'ada' }],
    ['Role', { RoleName: 'r' }],
    ['InstanceProfile', { InstanceProfileName: 'p' }],
    ['Policy', { PolicyArn: Policy.Arn }],
  ] as const;
  for (const [kind, it] of things) {
    const list = () => bench.call<{ Tags: object[] }>(`List${kind}Tags` as IamOperationName, it);
    await bench.call(`Tag${kind}` as IamOperationName, {
      ...it,
      Tags: [
        { Key: 'team', Value: 'y' },
        { Key: 'a', Value: '' },
      ],
    });
    assert.deepEqual(await list(), {
      Tags: [
        { Key: 'a', Value: '' },
        { Key: 'team', Value: 'y' },
      ],
      IsTruncated: false,
    });
    await bench.call(`Untag${kind}` as IamOperationName, { ...it, TagKeys: ['TEAM'] });
    assert.deepEqual((await list()).Tags, [{ Key: 'a', Value: '' }]);
  }
  assert.deepEqual(bench.service.policies.user(account, 'ada')?.tags, new Map([['a', '']]));
  const tag = (Tags: object[]) => bench.call('TagUser', { UserName: 'ada', Tags });
  const twice = 'Duplicate tag keys found. Please note that Tag keys are case insensitive.';
  await assert.rejects(
    tag([
      { Key: 'b', Value: '1' },
      { Key: 'B', Value: '2' },
    ]),
    refusal('InvalidInput', twice),
  );
  await assert.rejects(tag([{ Key: 'aws:x', Value: '1' }]), refusal('InvalidInput', /reserved/));
  await assert.rejects(
    tag(Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }))),
    refusal('LimitExceeded', /maximum limit: 50/),
  );
});

test('an entity is asked about with its tags and its boundary; of one that is put, the new one', async () => {
  await using bench = await IamBench.open();
  const Tags = [{ Key: 'Team', Value: 'x' }];
  const PermissionsBoundary = batchFull;
  await bench.call('CreateUser', { UserName: 'ada', Path: '/team/', PermissionsBoundary, Tags });
  await bench.call('CreateRole', {
    ...{ RoleName: 'worker', AssumeRolePolicyDocument: trusting, PermissionsBoundary, Tags },
  });
  await bench.call('CreatePolicy', { PolicyName: 'p', PolicyDocument: allowing('*'), Tags });
  const operations = await bench.operations();
  const asked = async (name: IamOperationName, input: object) => {
    const [first] = await accessOf(operations[name] ?? assert.fail(name), input, bench.context());
    return first?.conditions;
  };
  const tags = { 'aws:ResourceTag/Team': 'x' };
  const ofPrincipal = { ...tags, 'iam:ResourceTag/Team': 'x' };
  const bounded = { ...ofPrincipal, 'iam:PermissionsBoundary': batchFull };
  assert.deepEqual(await asked('GetUser', { UserName: 'ada' }), bounded);
  assert.deepEqual(await asked('PutRolePolicy', { RoleName: 'worker' }), bounded);
  assert.deepEqual(await asked('DeleteRolePermissionsBoundary', { RoleName: 'worker' }), bounded);
  const other = arn('policy/p');
  assert.deepEqual(await asked('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: other }), {
    ...{ ...ofPrincipal, 'iam:PermissionsBoundary': other },
  });
  assert.deepEqual(await asked('AttachRolePolicy', { RoleName: 'worker', PolicyArn: other }), {
    ...{ ...bounded, 'iam:PolicyARN': other },
  });
  assert.deepEqual(await asked('GetPolicy', { PolicyArn: other }), tags);
  assert.equal(await asked('GetUser', { UserName: 'nobody' }), undefined);
});
