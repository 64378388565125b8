import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeleteServiceLinkedRoleCommand,
  EntityAlreadyExistsException,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  GetUserCommand,
  ListAttachedRolePoliciesCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateGetAccountAuthorizationDetails,
  paginateListUsers,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { account, openYard } from './yard.ts';

const { iam } = await openYard();
const arn = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const Tags = [{ Key: 'Owner', Value: 'Ops @ Co' }];
const allowing = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

test('what Terraform makes of a role is read back as it was given: role, policy, attachment and instance profile', async () => {
  const given = {
    RoleName: 'worker',
    Path: '/jobs/',
    Description: "runs <Ada's> jobs & more",
    MaxSessionDuration: 7200,
    Tags,
  };
  const { Role: made } = await iam.send(new CreateRoleCommand({ ...given, AssumeRolePolicyDocument: trust }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'worker' }));
  assert.deepEqual({ ...Role, RoleLastUsed: undefined }, { ...made, RoleLastUsed: undefined });
  const { RoleName, Path, Description, MaxSessionDuration, Tags: tags } = Role ?? assert.fail('no role');
  assert.deepEqual({ RoleName, Path, Description, MaxSessionDuration, Tags: tags }, given);
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''), trust);
  const PolicyDocument = allowing('s3:GetObject');
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'reads', Path: '/jobs/', PolicyDocument, Tags }),
  );
  const PolicyArn = Policy?.Arn ?? assert.fail('no policy');
  assert.equal(PolicyArn, arn('policy/jobs/reads'));
  assert.deepEqual((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy, Policy);
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  assert.equal(decodeURIComponent(PolicyVersion?.Document ?? ''), PolicyDocument);
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  assert.deepEqual(AttachedPolicies, [{ PolicyName: 'reads', PolicyArn }]);
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'workers', Tags }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'workers', RoleName }));
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: 'workers' }));
  assert.deepEqual([InstanceProfile?.Roles?.[0]?.Arn, InstanceProfile?.Tags], [arn('role/jobs/worker'), Tags]);
});

test('the SDK knows the errors of IAM by their classes', async () => {
  const user = { UserName: 'twice' };
  await assert.rejects(iam.send(new GetUserCommand(user)), NoSuchEntityException);
  await iam.send(new CreateUserCommand(user));
  await assert.rejects(iam.send(new CreateUserCommand(user)), EntityAlreadyExistsException);
  const malformed = { PolicyName: 'x', PolicyDocument: '{"Statement":[]}' };
  await assert.rejects(iam.send(new CreatePolicyCommand(malformed)), MalformedPolicyDocumentException);
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'two', PolicyDocument: allowing('sns:*') }));
  const PolicyArn = Policy?.Arn;
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allowing('sqs:*'), SetAsDefault: true }));
  await assert.rejects(iam.send(new DeletePolicyCommand({ PolicyArn })), DeleteConflictException);
});

test('the pages of the SDK go through all users and everything of the account', async () => {
  for (let index = 0; index < 7; index += 1)
    await iam.send(new CreateUserCommand({ UserName: `paged-${index}`, Path: '/paged/' }));
  const names: unknown[] = [];
  for await (const { Users = [] } of paginateListUsers({ client: iam, pageSize: 3 }, { PathPrefix: '/paged/' })) {
    names.push(...Users.map(({ UserName }) => UserName));
  }
  assert.deepEqual(
    names,
    Array.from({ length: 7 }, (_, index) => `paged-${index}`),
  );
  let users = 0;
  for await (const page of paginateGetAccountAuthorizationDetails({ client: iam, pageSize: 2 }, {})) {
    users += page.UserDetailList?.filter(({ Path }) => Path === '/paged/').length ?? 0;
  }
  assert.equal(users, 7);
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
  assert.ok((SummaryMap?.Users ?? 0) >= 7);
});

test('the role of Batch stays while compute environments have it', async () => {
  const { Role } = await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }));
  assert.equal(Role?.Arn, arn('role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch'));
  const RoleName = 'AWSServiceRoleForBatch';
  const { DeletionTaskId } = await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName }));
  const { Status, Reason } = await iam.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));
  assert.equal(Status, 'FAILED');
  assert.match(Reason?.RoleUsageList?.[0]?.Resources?.[0] ?? '', /compute-environment\/default/);
  const simulated = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: Role?.Arn,
      ActionNames: ['ecs:ListClusters', 's3:GetObject'],
    }),
  );
  assert.deepEqual(
    simulated.EvaluationResults?.map(({ EvalDecision }) => EvalDecision),
    ['allowed', 'implicitDeny'],
  );
});
