import { partitionOf } from '../../core/arn.ts';
import type { AccountId, Arn } from '../../core/ids.ts';
import type { VariablesRequest } from '../../core/task-variables.ts';
import { roleParts } from '../../iam/index.ts';

/** The role that a task's containers act as, and where it comes from. */
export type TaskRole =
  | { readonly kind: 'role'; readonly roleArn: Arn; readonly from: 'job' | 'instance' }
  | { readonly kind: 'none' }
  /** Why there is none although one was asked for, in words. */
  | { readonly kind: 'strange'; readonly reason: string };

type Asked = Pick<VariablesRequest, 'scope' | 'jobRole' | 'instanceRole'>;

/** The definition's job role, else that of the instances. A role of another account is nobody's here, as on AWS. */
export function roleOfTask({ scope, jobRole, instanceRole }: Asked, account: AccountId): TaskRole {
  if (jobRole !== undefined) return namedRole(jobRole, account);
  if (instanceRole === undefined) return { kind: 'none' };
  const name = nameOfInstanceRole(instanceRole);
  if (name === undefined) return { kind: 'strange', reason: `instanceRole ${instanceRole} names no role` };
  const roleArn = `arn:${partitionOf(scope.region)}:iam::${account}:role/${name}` as Arn;
  return { kind: 'role', roleArn, from: 'instance' };
}

const roleName = /^[\w+=,.@-]{1,64}$/;

function namedRole(arn: string, account: AccountId): TaskRole {
  const parts = roleParts(arn);
  if (!parts) return { kind: 'strange', reason: `jobRoleArn ${arn} is no role` };
  if (parts.account !== account)
    return { kind: 'strange', reason: `jobRoleArn ${arn} is not of this server's account ${account}` };
  return { kind: 'role', roleArn: arn as Arn, from: 'job' };
}

/** An instance profile has the name of its one role, as consoles make them: profiles are not stored here. */
function nameOfInstanceRole(text: string): string | undefined {
  const name = text.slice(text.lastIndexOf('/') + 1);
  return roleName.test(name) ? name : undefined;
}
