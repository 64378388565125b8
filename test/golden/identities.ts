import assert from 'node:assert/strict';
import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteServiceLinkedRoleCommand,
  GetAccessKeyLastUsedCommand,
  GetInstanceProfileCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListGroupsForUserCommand,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import type { ServerProcess } from '../support/server-process.ts';

const UserName = 'golden';
const path = { Path: '/golden/' };
const allowing = (Action: string) => JSON.stringify({ Statement: { Effect: 'Allow', Action, Resource: '*' } });
const Principal = { Service: 'ec2.amazonaws.com' };
const trust = JSON.stringify({ Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } });
const AWSServiceName = 'spot.amazonaws.com';

/** One of everything that IAM keeps. */
export async function makeIdentities({ iam }: Clients, { url }: ServerProcess): Promise<void> {
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'golden', PolicyDocument: allowing('sns:*'), ...path }),
  );
  const PolicyArn = Policy?.Arn;
  await iam.send(new CreateUserCommand({ UserName, ...path, Tags: [{ Key: 'team', Value: 'golden' }] }));
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: allowing('batch:*') }));
  await iam.send(new CreateGroupCommand({ GroupName: 'golden' }));
  await iam.send(new AddUserToGroupCommand({ UserName, GroupName: 'golden' }));
  await iam.send(new CreateRoleCommand({ RoleName: 'golden-host', AssumeRolePolicyDocument: trust }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'golden' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'golden', RoleName: 'golden-host' }));
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
  await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName: 'AWSServiceRoleForEC2Spot' }));
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: 'https://golden.example', ClientIDList: ['golden'] }));
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'golden' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  const own = clientsOf({ url, credentials: { accessKeyId, secretAccessKey } });
  await own.sts.send(new GetCallerIdentityCommand({}));
  own.close();
}

export async function expectIdentities({ iam }: Clients): Promise<void> {
  const PolicySourceArn = `arn:aws:iam::123456789012:user/golden/${UserName}`;
  const ActionNames = ['sns:Publish', 'batch:SubmitJob', 's3:GetObject'];
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames }),
  );
  assert.deepEqual(
    EvaluationResults.map(({ EvalDecision }) => EvalDecision),
    ['allowed', 'allowed', 'implicitDeny'],
  );
  const { PolicyDocument = '' } = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName: 'own' }));
  assert.equal(decodeURIComponent(PolicyDocument), allowing('batch:*'));
  const { Groups = [] } = await iam.send(new ListGroupsForUserCommand({ UserName }));
  assert.deepEqual(
    Groups.map(({ GroupName }) => GroupName),
    ['golden'],
  );
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: 'golden' }));
  assert.equal(InstanceProfile?.Roles?.[0]?.RoleName, 'golden-host');
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  const [key] = AccessKeyMetadata;
  const { AccessKeyLastUsed } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key?.AccessKeyId }));
  assert.deepEqual([key?.Status, AccessKeyLastUsed?.ServiceName], ['Active', 'sts']);
  const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
  assert.deepEqual(AccountAliases, ['golden']);
}
