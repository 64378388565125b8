import { CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { account } from './yard.ts';

/** Makes a role that whoever of the account may call `sts:AssumeRole` can assume, and that may do nothing. Answers its ARN. */
export async function makeTrustingRole(iam: IAMClient, RoleName: string): Promise<string> {
  const Statement = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return Role?.Arn ?? '';
}
