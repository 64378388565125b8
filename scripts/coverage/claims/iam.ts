import type { IamOperationName } from '../../../src/services/iam/index.ts';
import { unbuiltOperations } from '../../../src/services/iam/unbuilt-operations.ts';
import type { Claim, ServiceClaims } from '../claims.ts';

const example = { supported: "the example of AWS's manual is answered as it shows, with the place of the statement" };
const resources = {
  supported: 'each resource is told of by itself, and the whole is the most restrictive, with the template of its ARNs',
};
const keys = { supported: 'the keys that policies ask for are told once each, those of variables too' };
const pages = { supported: 'pages follow each other, an action a result' };
const resourcePolicy = { supported: 'a policy of the resource grants to its caller, within an account and across' };
const boundary = { supported: 'a boundary limits, and says so' };

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

/** Every field of some operations is proven by one test. */
function all<Name extends IamOperationName>(supported: string, names: readonly Name[]) {
  const claim = { '*': { supported } satisfies Claim };
  return Object.fromEntries(names.map((name) => [name, claim])) as { readonly [Each in Name]: { readonly '*': Claim } };
}

const simulation = {
  ResourceArns: resources,
  ResourceHandlingOption: { supported: 'what cannot be simulated is refused as InvalidInput' },
  PermissionsBoundaryPolicyInputList: boundary,
  ResourcePolicy: resourcePolicy,
  ResourceOwner: resourcePolicy,
  CallerArn: { supported: 'the caller gives the keys of a user; what policies ask beside it is missing' },
  ContextEntries: { supported: 'a list of values is a list, whatever its length' },
  MaxItems: pages,
  Marker: pages,
} as const;

export const iamClaims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  ...all('a provider is read as it was made and changed, with its clients, thumbprints and tags, until it is deleted', [
    'AddClientIDToOpenIDConnectProvider',
    'CreateOpenIDConnectProvider',
    'DeleteOpenIDConnectProvider',
    'GetOpenIDConnectProvider',
    'ListOpenIDConnectProviderTags',
    'ListOpenIDConnectProviders',
    'RemoveClientIDFromOpenIDConnectProvider',
    'TagOpenIDConnectProvider',
    'UntagOpenIDConnectProvider',
    'UpdateOpenIDConnectProviderThumbprint',
  ]),
  ...all('a user is read as it was made, and its unique id stays when it gets another name and path', [
    'CreateUser',
    'GetUser',
    'UpdateUser',
  ]),
  ...all('a user goes only without keys, policies and groups', ['DeleteUser']),
  ...all('lists are told in pages, by the beginning of paths, and a marker of another list is refused', [
    'ListUsers',
    'ListRoles',
  ]),
  ...all('groups have users, keep them under another name, and go when they are empty', [
    'CreateGroup',
    'GetGroup',
    'UpdateGroup',
    'DeleteGroup',
    'AddUserToGroup',
    'RemoveUserFromGroup',
    'ListGroups',
    'ListGroupsForUser',
  ]),
  ...all('a role is read as it was made, its document encoded, and changed', [
    'CreateRole',
    'GetRole',
    'UpdateRole',
    'UpdateRoleDescription',
    'UpdateAssumeRolePolicy',
  ]),
  ...all('an instance profile has one role, which does not go before it is taken out', [
    'DeleteRole',
    'CreateInstanceProfile',
    'GetInstanceProfile',
    'DeleteInstanceProfile',
    'AddRoleToInstanceProfile',
    'RemoveRoleFromInstanceProfile',
    'ListInstanceProfiles',
    'ListInstanceProfilesForRole',
  ]),
  ...all('tags are put, told and taken away, and their keys are the same whatever their case', [
    'TagUser',
    'UntagUser',
    'ListUserTags',
    'TagRole',
    'UntagRole',
    'ListRoleTags',
    'TagInstanceProfile',
    'UntagInstanceProfile',
    'ListInstanceProfileTags',
    'TagPolicy',
    'UntagPolicy',
    'ListPolicyTags',
  ]),
  ...all('a policy is read as it was made, with its default version', [
    'CreatePolicy',
    'GetPolicy',
    'GetPolicyVersion',
  ]),
  ...all('a policy has five versions at most, one of which is the default one, and a number is given once', [
    'CreatePolicyVersion',
    'DeletePolicyVersion',
    'SetDefaultPolicyVersion',
    'ListPolicyVersions',
  ]),
  ...all('a policy goes when nothing has it and it has one version', ['DeletePolicy', 'DeleteUserPermissionsBoundary']),
  ...all('lists of policies tell those of AWS, of the account, and those in use', ['ListPolicies']),
  ...all('users and roles have boundaries, which are told with them and among the entities of a policy', [
    'PutUserPermissionsBoundary',
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
    'ListEntitiesForPolicy',
  ]),
  ...all('users, groups and roles have policies of their own: put, told as they were given, and deleted', [
    'PutUserPolicy',
    'GetUserPolicy',
    'DeleteUserPolicy',
    'ListUserPolicies',
    'PutGroupPolicy',
    'GetGroupPolicy',
    'DeleteGroupPolicy',
    'ListGroupPolicies',
    'PutRolePolicy',
    'GetRolePolicy',
    'DeleteRolePolicy',
    'ListRolePolicies',
  ]),
  ...all('policies are attached to users, groups and roles once, told and detached', [
    'AttachUserPolicy',
    'DetachUserPolicy',
    'ListAttachedUserPolicies',
    'AttachGroupPolicy',
    'DetachGroupPolicy',
    'ListAttachedGroupPolicies',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'ListAttachedRolePolicies',
  ]),
  ...all('a key stands for its user, after a restart too, and its secret is in no record', ['CreateAccessKey']),
  ...all('a key that is inactive or deleted is unknown at once, and an active one known again', [
    'UpdateAccessKey',
    'DeleteAccessKey',
    'ListAccessKeys',
  ]),
  ...all('what a key was last used for is known to a quarter of an hour, and costs a commit as seldom', [
    'GetAccessKeyLastUsed',
  ]),
  ...all('the role of a service has its path, trust and policy, is made once, and only its description changes', [
    'CreateServiceLinkedRole',
  ]),
  ...all('the role of a service stays while something needs it, and its deletion is told of', [
    'DeleteServiceLinkedRole',
    'GetServiceLinkedRoleDeletionStatus',
  ]),
  ...all('an account has one alias', ['CreateAccountAlias', 'DeleteAccountAlias', 'ListAccountAliases']),
  ...all('everything of an account is told in pages, with policies', ['GetAccountAuthorizationDetails']),
  ...all('what there is and may be is counted', ['GetAccountSummary']),
  ...all('the keys that the policies of a user ask for are told', ['GetContextKeysForPrincipalPolicy']),
  GetContextKeysForCustomPolicy: { '*': keys },
  SimulateCustomPolicy: {
    '*': example,
    ...simulation,
    OrderedOrganizationPolicyInputList: { supported: 'each level of an organization limits, and says so' },
  },
  SimulatePrincipalPolicy: {
    '*': { supported: 'the policies of a user, group or role are simulated, with others and a boundary beside them' },
    ...simulation,
  },
} satisfies ServiceClaims<IamOperationName>;
