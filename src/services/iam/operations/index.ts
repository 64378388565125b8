import type { IamRuntime } from '../runtime.ts';
import * as accessKeys from './access-keys.ts';
import * as account from './account.ts';
import { attachmentOperations } from './attachments.ts';
import * as boundaries from './boundaries.ts';
import * as getAccountAuthorizationDetails from './get-account-authorization-details.ts';
import { getContextKeysForCustomPolicy } from './get-context-keys-for-custom-policy.ts';
import * as groups from './groups.ts';
import { inlinePolicyOperations } from './inline-policies.ts';
import * as instanceProfiles from './instance-profiles.ts';
import * as listEntitiesForPolicy from './list-entities-for-policy.ts';
import * as oidc from './oidc-providers.ts';
import * as policies from './policies.ts';
import * as policyVersions from './policy-versions.ts';
import * as roles from './roles.ts';
import * as serviceLinkedRoles from './service-linked-roles.ts';
import { simulateCustomPolicy } from './simulate-custom-policy.ts';
import * as simulatePrincipalPolicy from './simulate-principal-policy.ts';
import * as tags from './tags.ts';
import * as users from './users.ts';

const inline = {
  User: inlinePolicyOperations('User'),
  Group: inlinePolicyOperations('Group'),
  Role: inlinePolicyOperations('Role'),
};
const attached = {
  User: attachmentOperations('User'),
  Group: attachmentOperations('Group'),
  Role: attachmentOperations('Role'),
};
const tagged = {
  User: tags.tagOperations('User'),
  Role: tags.tagOperations('Role'),
  InstanceProfile: tags.tagOperations('InstanceProfile'),
};

/** All operations that are built. */
export function iamOperations(runtime: IamRuntime) {
  return {
    GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy,
    SimulateCustomPolicy: simulateCustomPolicy,
    ...identityOperations(runtime),
    ...roleOperations(runtime),
    ...policyOperations(runtime),
    ...providerOperations(runtime),
  };
}

/** On users and groups, keys, boundaries and tags. */
function identityOperations(runtime: IamRuntime) {
  return {
    CreateUser: users.createUser(runtime),
    GetUser: users.getUser(runtime),
    ListUsers: users.listUsers(runtime),
    UpdateUser: users.updateUser(runtime),
    DeleteUser: users.deleteUser(runtime),
    CreateGroup: groups.createGroup(runtime),
    GetGroup: groups.getGroup(runtime),
    ListGroups: groups.listGroups(runtime),
    ListGroupsForUser: groups.listGroupsForUser(runtime),
    UpdateGroup: groups.updateGroup(runtime),
    DeleteGroup: groups.deleteGroup(runtime),
    AddUserToGroup: groups.addUserToGroup(runtime),
    RemoveUserFromGroup: groups.removeUserFromGroup(runtime),
    PutUserPermissionsBoundary: boundaries.putUserPermissionsBoundary(runtime),
    PutRolePermissionsBoundary: boundaries.putRolePermissionsBoundary(runtime),
    DeleteUserPermissionsBoundary: boundaries.deleteUserPermissionsBoundary(runtime),
    DeleteRolePermissionsBoundary: boundaries.deleteRolePermissionsBoundary(runtime),
    CreateAccessKey: accessKeys.createAccessKey(runtime),
    ListAccessKeys: accessKeys.listAccessKeys(runtime),
    UpdateAccessKey: accessKeys.updateAccessKey(runtime),
    DeleteAccessKey: accessKeys.deleteAccessKey(runtime),
    GetAccessKeyLastUsed: accessKeys.getAccessKeyLastUsed(runtime),
    TagUser: tagged.User.tag(runtime),
    UntagUser: tagged.User.untag(runtime),
    ListUserTags: tagged.User.list(runtime),
    TagRole: tagged.Role.tag(runtime),
    UntagRole: tagged.Role.untag(runtime),
    ListRoleTags: tagged.Role.list(runtime),
    TagInstanceProfile: tagged.InstanceProfile.tag(runtime),
    UntagInstanceProfile: tagged.InstanceProfile.untag(runtime),
    ListInstanceProfileTags: tagged.InstanceProfile.list(runtime),
  };
}

/** On roles and instance profiles. */
function roleOperations(runtime: IamRuntime) {
  return {
    CreateRole: roles.createRole(runtime),
    GetRole: roles.getRole(runtime),
    ListRoles: roles.listRoles(runtime),
    UpdateRole: roles.updateRole(runtime),
    UpdateRoleDescription: roles.updateRoleDescription(runtime),
    UpdateAssumeRolePolicy: roles.updateAssumeRolePolicy(runtime),
    DeleteRole: roles.deleteRole(runtime),
    CreateInstanceProfile: instanceProfiles.createInstanceProfile(runtime),
    GetInstanceProfile: instanceProfiles.getInstanceProfile(runtime),
    ListInstanceProfiles: instanceProfiles.listInstanceProfiles(runtime),
    ListInstanceProfilesForRole: instanceProfiles.listInstanceProfilesForRole(runtime),
    AddRoleToInstanceProfile: instanceProfiles.addRoleToInstanceProfile(runtime),
    RemoveRoleFromInstanceProfile: instanceProfiles.removeRoleFromInstanceProfile(runtime),
    DeleteInstanceProfile: instanceProfiles.deleteInstanceProfile(runtime),
    CreateServiceLinkedRole: serviceLinkedRoles.createServiceLinkedRole(runtime),
    DeleteServiceLinkedRole: serviceLinkedRoles.deleteServiceLinkedRole(runtime),
    GetServiceLinkedRoleDeletionStatus: serviceLinkedRoles.getServiceLinkedRoleDeletionStatus(runtime),
  };
}

/** On policies and the account. */
function policyOperations(runtime: IamRuntime) {
  return {
    CreatePolicy: policies.createPolicy(runtime),
    GetPolicy: policies.getPolicy(runtime),
    ListPolicies: policies.listPolicies(runtime),
    DeletePolicy: policies.deletePolicy(runtime),
    CreatePolicyVersion: policyVersions.createPolicyVersion(runtime),
    GetPolicyVersion: policyVersions.getPolicyVersion(runtime),
    ListPolicyVersions: policyVersions.listPolicyVersions(runtime),
    DeletePolicyVersion: policyVersions.deletePolicyVersion(runtime),
    SetDefaultPolicyVersion: policyVersions.setDefaultPolicyVersion(runtime),
    TagPolicy: tags.tagPolicy(runtime),
    UntagPolicy: tags.untagPolicy(runtime),
    ListPolicyTags: tags.listPolicyTags(runtime),
    CreateAccountAlias: account.createAccountAlias(runtime),
    DeleteAccountAlias: account.deleteAccountAlias(runtime),
    ListAccountAliases: account.listAccountAliases(runtime),
    GetAccountSummary: account.getAccountSummary(runtime),
    ListEntitiesForPolicy: listEntitiesForPolicy.listEntitiesForPolicy(runtime),
    GetAccountAuthorizationDetails: getAccountAuthorizationDetails.getAccountAuthorizationDetails(runtime),
    SimulatePrincipalPolicy: simulatePrincipalPolicy.simulatePrincipalPolicy(runtime),
    GetContextKeysForPrincipalPolicy: simulatePrincipalPolicy.getContextKeysForPrincipalPolicy(runtime),
    PutUserPolicy: inline.User.put(runtime),
    GetUserPolicy: inline.User.get(runtime),
    ListUserPolicies: inline.User.list(runtime),
    DeleteUserPolicy: inline.User.delete(runtime),
    AttachUserPolicy: attached.User.attach(runtime),
    DetachUserPolicy: attached.User.detach(runtime),
    ListAttachedUserPolicies: attached.User.list(runtime),
    PutGroupPolicy: inline.Group.put(runtime),
    GetGroupPolicy: inline.Group.get(runtime),
    ListGroupPolicies: inline.Group.list(runtime),
    DeleteGroupPolicy: inline.Group.delete(runtime),
    AttachGroupPolicy: attached.Group.attach(runtime),
    DetachGroupPolicy: attached.Group.detach(runtime),
    ListAttachedGroupPolicies: attached.Group.list(runtime),
    PutRolePolicy: inline.Role.put(runtime),
    GetRolePolicy: inline.Role.get(runtime),
    ListRolePolicies: inline.Role.list(runtime),
    DeleteRolePolicy: inline.Role.delete(runtime),
    AttachRolePolicy: attached.Role.attach(runtime),
    DetachRolePolicy: attached.Role.detach(runtime),
    ListAttachedRolePolicies: attached.Role.list(runtime),
  };
}

/** On identity providers. */
function providerOperations(runtime: IamRuntime) {
  return {
    AddClientIDToOpenIDConnectProvider: oidc.addClientIDToOpenIDConnectProvider(runtime),
    CreateOpenIDConnectProvider: oidc.createOpenIDConnectProvider(runtime),
    DeleteOpenIDConnectProvider: oidc.deleteOpenIDConnectProvider(runtime),
    GetOpenIDConnectProvider: oidc.getOpenIDConnectProvider(runtime),
    ListOpenIDConnectProviderTags: oidc.listOpenIDConnectProviderTags(runtime),
    ListOpenIDConnectProviders: oidc.listOpenIDConnectProviders(runtime),
    RemoveClientIDFromOpenIDConnectProvider: oidc.removeClientIDFromOpenIDConnectProvider(runtime),
    TagOpenIDConnectProvider: oidc.tagOpenIDConnectProvider(runtime),
    UntagOpenIDConnectProvider: oidc.untagOpenIDConnectProvider(runtime),
    UpdateOpenIDConnectProviderThumbprint: oidc.updateOpenIDConnectProviderThumbprint(runtime),
  };
}
