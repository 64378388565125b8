import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, allowing, document, IamBench, refusal, trusting } from './iam.fixture.ts';

const arn = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const linked = arn('role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch');
const AWSServiceName = 'batch.amazonaws.com';

test('the role of a service has its path, trust and policy, is made once, and only its description changes', async () => {
  await using bench = await IamBench.open();
  const { Role } = await bench.call<{ Role: Record<string, unknown> }>('CreateServiceLinkedRole', { AWSServiceName });
  assert.equal(Role.Arn, linked);
  const RoleName = 'AWSServiceRoleForBatch';
  const { AttachedPolicies } = await bench.call<{ AttachedPolicies: object[] }>('ListAttachedRolePolicies', {
    RoleName,
  });
  const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy';
  assert.deepEqual(AttachedPolicies, [{ PolicyName: 'BatchServiceRolePolicy', PolicyArn }]);
  assert.ok(bench.service.policies.role(account, RoleName)?.policies.length === 1);
  const taken = `Service role name ${RoleName} has been taken in this account, please try a different suffix.`;
  await assert.rejects(bench.call('CreateServiceLinkedRole', { AWSServiceName }), refusal('InvalidInput', taken));
  const words = `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`;
  for (const [name, more] of [
    ['DeleteRole', {}],
    ['UpdateRole', { MaxSessionDuration: 3600 }],
    ['AttachRolePolicy', { PolicyArn }],
    ['PutRolePolicy', { PolicyName: 'p', PolicyDocument: allowing('*') }],
    ['TagRole', { Tags: [] }],
    ['UpdateAssumeRolePolicy', { PolicyDocument: trusting }],
  ] as const) {
    await assert.rejects(bench.call(name, { RoleName, ...more }), refusal('UnmodifiableEntity', words), name);
  }
  await bench.call('UpdateRoleDescription', { RoleName, Description: 'mine' });
  await assert.rejects(
    bench.call('CreateServiceLinkedRole', { AWSServiceName: 'ecs.example.com' }),
    refusal('InvalidInput', 'This server has no service-linked role of ecs.example.com.'),
  );
  await assert.rejects(
    bench.call('CreateRole', { RoleName: 'r', Path: '/aws-service-role/x/', AssumeRolePolicyDocument: trusting }),
    refusal('InvalidInput', /service-linked/),
  );
});

test('the role of a service stays while something needs it, and its deletion is told of', async () => {
  await using bench = await IamBench.open();
  await bench.call('CreateServiceLinkedRole', { AWSServiceName });
  const RoleName = 'AWSServiceRoleForBatch';
  const environment = 'arn:aws:batch:us-east-1:123456789012:compute-environment/c';
  bench.roleUses = (_account, roleArn) =>
    roleArn === linked ? [{ region: 'us-east-1', resources: [environment] }] : [];
  const status = async () => {
    const { DeletionTaskId } = await bench.call<{ DeletionTaskId: string }>('DeleteServiceLinkedRole', { RoleName });
    assert.match(
      DeletionTaskId,
      /^task\/aws-service-role\/batch\.amazonaws\.com\/AWSServiceRoleForBatch\/[0-9a-f-]{36}$/,
    );
    await bench.restart();
    return bench.call('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId });
  };
  assert.deepEqual(await status(), {
    Status: 'FAILED',
    Reason: {
      Reason: 'The role is in use by these resources.',
      RoleUsageList: [{ Region: 'us-east-1', Resources: [environment] }],
    },
  });
  assert.ok(bench.service.policies.role(account, RoleName));
  bench.roleUses = () => [];
  assert.deepEqual(await status(), { Status: 'SUCCEEDED' });
  assert.equal(bench.service.policies.role(account, RoleName), undefined);
  const { records } = await bench.store.load();
  assert.ok(records.every(({ type }) => type === 'iamDeletionTask'));
  await bench.call('CreateRole', { RoleName: 'own', AssumeRolePolicyDocument: trusting });
  await assert.rejects(
    bench.call('DeleteServiceLinkedRole', { RoleName: 'own' }),
    refusal('InvalidInput', /is not a service-linked/),
  );
});

test('an account has one alias', async () => {
  await using bench = await IamBench.open();
  for (const AccountAlias of ['first', 'second']) await bench.call('CreateAccountAlias', { AccountAlias });
  assert.deepEqual(await bench.call('ListAccountAliases'), { AccountAliases: ['second'], IsTruncated: false });
  await assert.rejects(
    bench.call('DeleteAccountAlias', { AccountAlias: 'first' }),
    refusal('NoSuchEntity', 'The account alias first cannot be found.'),
  );
  await bench.call('DeleteAccountAlias', { AccountAlias: 'second' });
  assert.deepEqual(await bench.call('ListAccountAliases'), { AccountAliases: [], IsTruncated: false });
});

/** Two users, one of them in a group, a role in a profile, a policy; what each has is told with it. */
async function openPopulated() {
  const bench = await IamBench.open();
  const batchFull = 'arn:aws:iam::aws:policy/AWSBatchFullAccess';
  await bench.call('CreateUser', { UserName: 'ada', Tags: [{ Key: 'team', Value: 'x' }] });
  await bench.call('CreateUser', { UserName: 'bob' });
  await bench.call('CreateGroup', { GroupName: 'crew' });
  await bench.call('AddUserToGroup', { GroupName: 'crew', UserName: 'ada' });
  await bench.call('PutUserPolicy', { UserName: 'ada', PolicyName: 'own', PolicyDocument: allowing('sns:*') });
  await bench.call('AttachGroupPolicy', { GroupName: 'crew', PolicyArn: batchFull });
  await bench.call('CreateRole', { RoleName: 'host', AssumeRolePolicyDocument: trusting });
  await bench.call('CreateInstanceProfile', { InstanceProfileName: 'hosts' });
  await bench.call('AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName: 'host' });
  await bench.call('CreatePolicy', { PolicyName: 'limits', PolicyDocument: allowing('sns:Publish') });
  return bench;
}

type Details = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> & { readonly Marker?: string };

test('everything of an account is told in pages, with policies', async () => {
  await using bench = await openPopulated();
  const pages: Details[] = [];
  let Marker: string | undefined;
  do {
    const page = await bench.call<Details>('GetAccountAuthorizationDetails', {
      MaxItems: '1',
      ...(Marker ? { Marker } : {}),
    });
    pages.push(page);
    Marker = page.Marker;
  } while (Marker !== undefined);
  const all = (list: string) => pages.flatMap((page) => page[list] ?? []);
  assert.equal(pages.length, 6);
  assert.deepEqual(
    all('UserDetailList').map(({ UserName, GroupList }) => [UserName, GroupList]),
    [
      ['ada', ['crew']],
      ['bob', []],
    ],
  );
  const [ada] = all('UserDetailList');
  assert.deepEqual(ada?.UserPolicyList, [
    { PolicyName: 'own', PolicyDocument: encodeURIComponent(allowing('sns:*')).replaceAll('*', '%2A') },
  ]);
  assert.equal(all('GroupDetailList').length, 1);
  assert.deepEqual(
    all('RoleDetailList').map(({ InstanceProfileList }) => (InstanceProfileList as object[]).length),
    [1],
  );
  assert.deepEqual(
    all('Policies').map(({ PolicyName }) => PolicyName),
    ['limits', 'AWSBatchFullAccess'],
  );
  const roles = await bench.call<Details>('GetAccountAuthorizationDetails', { Filter: ['Role'] });
  assert.deepEqual([roles.RoleDetailList?.length, roles.UserDetailList?.length, roles.Policies?.length], [1, 0, 0]);
});

test('a page of everything ends early where policies are long', async () => {
  await using bench = await openPopulated();
  const PolicyDocument = `${' '.repeat(120_000)}${allowing('s3:*')}`;
  for (let index = 0; index < 40; index += 1) {
    await bench.call('CreatePolicy', { PolicyName: `long-${index}`, PolicyDocument });
  }
  const { Policies, Marker } = await bench.call<Details>('GetAccountAuthorizationDetails', {
    Filter: ['LocalManagedPolicy'],
  });
  assert.ok(Policies && Policies.length < 10 && Marker !== undefined, `${Policies?.length}`);
});

test('what there is and may be is counted', async () => {
  await using bench = await openPopulated();
  const { SummaryMap } = await bench.call<{ SummaryMap: Record<string, number> }>('GetAccountSummary');
  const { Users, Groups, Roles, Policies, InstanceProfiles, AccessKeysPerUserQuota } = SummaryMap;
  assert.deepEqual([Users, Groups, Roles, Policies, InstanceProfiles, AccessKeysPerUserQuota], [2, 1, 1, 1, 1, 2]);
});

type Results = {
  readonly EvaluationResults: readonly { EvalDecision: string; MatchedStatements: { SourcePolicyId: string }[] }[];
};

test('the policies of a user, group or role are simulated, with others and a boundary beside them', async () => {
  await using bench = await openPopulated();
  const simulate = async (PolicySourceArn: string, ActionNames: string[], more: object = {}) => {
    const { EvaluationResults } = await bench.call<Results>('SimulatePrincipalPolicy', {
      PolicySourceArn,
      ActionNames,
      ...more,
    });
    return EvaluationResults.map(({ EvalDecision, MatchedStatements }) => [
      EvalDecision,
      MatchedStatements[0]?.SourcePolicyId,
    ]);
  };
  const ada = arn('user/ada');
  assert.deepEqual(await simulate(ada, ['sns:Publish', 'batch:SubmitJob', 's3:GetObject']), [
    ['allowed', 'user_ada_own'],
    ['allowed', 'arn:aws:iam::aws:policy/AWSBatchFullAccess'],
    ['implicitDeny', undefined],
  ]);
  assert.deepEqual(await simulate(arn('group/crew'), ['sns:Publish', 'batch:SubmitJob']), [
    ['implicitDeny', undefined],
    ['allowed', 'arn:aws:iam::aws:policy/AWSBatchFullAccess'],
  ]);
  const denied = document({ Effect: 'Deny', Action: 'sns:*', Resource: '*' });
  assert.deepEqual(await simulate(ada, ['sns:Publish'], { PolicyInputList: [denied] }), [
    ['explicitDeny', 'PolicyInputList.1'],
  ]);
  await bench.call('PutUserPermissionsBoundary', { UserName: 'ada', PermissionsBoundary: arn('policy/limits') });
  assert.deepEqual(await simulate(ada, ['sns:Publish', 'sns:Subscribe']), [
    ['allowed', 'user_ada_own'],
    ['implicitDeny', undefined],
  ]);
  assert.deepEqual(
    await simulate(ada, ['sns:Subscribe'], { PermissionsBoundaryPolicyInputList: [allowing('*')] }),
    [['allowed', 'user_ada_own']],
    'the boundary that is given takes the place of its own',
  );
  await assert.rejects(
    simulate(arn('user/nobody'), ['sns:Publish']),
    refusal('NoSuchEntity', `The entity with ARN ${arn('user/nobody')} cannot be found.`),
  );
});

test('the keys that the policies of a user ask for are told', async () => {
  await using bench = await openPopulated();
  const PolicyDocument = document({
    ...{ Effect: 'Allow', Action: '*', Resource: '*' },
    Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' } },
  });
  await bench.call('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument });
  const { ContextKeyNames } = await bench.call<{ ContextKeyNames: string[] }>('GetContextKeysForPrincipalPolicy', {
    ...{ PolicySourceArn: arn('user/bob'), PolicyInputList: [PolicyDocument.replace('team', 'TEAM')] },
  });
  assert.deepEqual(
    ContextKeyNames.map((key) => key.toLowerCase()),
    ['aws:principaltag/team'],
  );
});
