import type {
  GetGroupCommandOutput,
  GetPolicyCommandOutput,
  GetPolicyVersionCommandOutput,
  GetRoleCommandOutput,
  GetUserCommandOutput,
  ListAccessKeysCommandOutput,
  ListAttachedUserPoliciesCommandOutput,
  ListGroupsCommandOutput,
  ListPoliciesCommandOutput,
  ListPolicyVersionsCommandOutput,
  ListRolesCommandOutput,
  ListUserPoliciesCommandOutput,
  ListUsersCommandOutput,
} from '@aws-sdk/client-iam';
import type { Told } from './form-shape.ts';
import { iamCall } from './iam-call.ts';
import { useCall } from './use-call.ts';

/** Who can have policies. */
export type IamKind = 'User' | 'Group' | 'Role';

const most = { MaxItems: 1000 };

function useIam<Output>(operation: string, input: object, enabled = true) {
  return useCall<Told<Output>>(iamCall(operation, input), { enabled });
}

export function useUsers() {
  return useIam<ListUsersCommandOutput>('ListUsers', most);
}

export function useGroups() {
  return useIam<ListGroupsCommandOutput>('ListGroups', most);
}

export function useRoles() {
  return useIam<ListRolesCommandOutput>('ListRoles', most);
}

/** Those of the account, or AWS's own. */
export function usePolicies(Scope: 'Local' | 'AWS') {
  return useIam<ListPoliciesCommandOutput>('ListPolicies', { Scope, ...most });
}

export function useUser(UserName: string, enabled: boolean) {
  return useIam<GetUserCommandOutput>('GetUser', { UserName }, enabled);
}

export function useRole(RoleName: string, enabled: boolean) {
  return useIam<GetRoleCommandOutput>('GetRole', { RoleName }, enabled);
}

/** With its members. */
export function useGroup(GroupName: string, enabled = true) {
  return useIam<GetGroupCommandOutput>('GetGroup', { GroupName, ...most }, enabled);
}

export function useGroupsOf(UserName: string) {
  return useIam<ListGroupsCommandOutput>('ListGroupsForUser', { UserName, ...most });
}

export function useAccessKeys(UserName: string) {
  return useIam<ListAccessKeysCommandOutput>('ListAccessKeys', { UserName });
}

export function useAttachedPolicies(kind: IamKind, name: string) {
  const input = { [`${kind}Name`]: name, ...most };
  return useIam<ListAttachedUserPoliciesCommandOutput>(`ListAttached${kind}Policies`, input);
}

/** Names of policies that are the entity's own. */
export function useInlinePolicies(kind: IamKind, name: string) {
  return useIam<ListUserPoliciesCommandOutput>(`List${kind}Policies`, { [`${kind}Name`]: name, ...most });
}

export function useInlinePolicy(kind: IamKind, name: string, PolicyName: string | undefined) {
  const input = { [`${kind}Name`]: name, PolicyName };
  return useIam<{ PolicyDocument: string }>(`Get${kind}Policy`, input, PolicyName !== undefined);
}

export function usePolicy(PolicyArn: string) {
  return useIam<GetPolicyCommandOutput>('GetPolicy', { PolicyArn });
}

export function usePolicyVersions(PolicyArn: string) {
  return useIam<ListPolicyVersionsCommandOutput>('ListPolicyVersions', { PolicyArn });
}

export function usePolicyVersion(PolicyArn: string, VersionId: string | undefined) {
  return useIam<GetPolicyVersionCommandOutput>('GetPolicyVersion', { PolicyArn, VersionId }, VersionId !== undefined);
}
