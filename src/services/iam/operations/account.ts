import { quotas } from '../limits.ts';
import { iamOperation, placeOf } from '../operation.ts';
import { pageMembers } from '../page.ts';
import {
  accountAliasRecords,
  groupRecords,
  instanceProfileRecords,
  policyRecords,
  policyVersionRecords,
  roleRecords,
  userRecords,
} from '../records.ts';
import { noSuchEntity } from '../refusals.ts';
import * as shapes from '../shapes.ts';

/** An account has one: another takes its place. */
export const createAccountAlias = iamOperation('CreateAccountAlias', {
  members: { AccountAlias: shapes.accountAlias },
  handler: (call, { AccountAlias: alias }) => {
    call.change((transaction) => transaction.put(accountAliasRecords, { ...placeOf(call), alias }));
    return {};
  },
});

export const deleteAccountAlias = iamOperation('DeleteAccountAlias', {
  members: { AccountAlias: shapes.accountAlias },
  handler: (call, { AccountAlias }) => {
    const found = call.ledger.get(accountAliasRecords, placeOf(call));
    if (found?.alias !== AccountAlias) throw noSuchEntity(`The account alias ${AccountAlias} cannot be found.`);
    call.change((transaction) => transaction.delete(accountAliasRecords, found));
    return {};
  },
});

export const listAccountAliases = iamOperation('ListAccountAliases', {
  members: pageMembers,
  handler: (call) => {
    const found = call.ledger.get(accountAliasRecords, placeOf(call));
    return { AccountAliases: found ? [found.alias] : [], IsTruncated: false };
  },
});

/** What there is, and what there may be. */
export const getAccountSummary = iamOperation('GetAccountSummary', {
  handler: (call) => {
    const place = placeOf(call);
    const count = (type: Parameters<typeof call.ledger.count>[0]) => call.ledger.count(type, place);
    const SummaryMap = {
      ...{ Users: count(userRecords), UsersQuota: quotas.users },
      ...{ Groups: count(groupRecords), GroupsQuota: quotas.groups },
      ...{ Roles: count(roleRecords), RolesQuota: quotas.roles },
      ...{ InstanceProfiles: count(instanceProfileRecords), InstanceProfilesQuota: quotas.instanceProfiles },
      ...{ Policies: count(policyRecords), PoliciesQuota: quotas.policies },
      ...{ PolicyVersionsInUse: count(policyVersionRecords), VersionsPerPolicyQuota: quotas.policyVersions },
      ...{ PolicySizeQuota: quotas.managedPolicySize, AssumeRolePolicySizeQuota: quotas.trustPolicySize },
      ...{ UserPolicySizeQuota: quotas.inlinePolicySize.user, GroupPolicySizeQuota: quotas.inlinePolicySize.group },
      ...{ AttachedPoliciesPerUserQuota: quotas.attachedPolicies },
      ...{ AttachedPoliciesPerGroupQuota: quotas.attachedPolicies },
      ...{ AttachedPoliciesPerRoleQuota: quotas.attachedPolicies },
      ...{ GroupsPerUserQuota: quotas.groupsPerUser, AccessKeysPerUserQuota: quotas.accessKeysPerUser },
      // The root key.
      ...{ AccountAccessKeysPresent: 1, AccountMFAEnabled: 0, AccountSigningCertificatesPresent: 0 },
      ...{ MFADevices: 0, MFADevicesInUse: 0, Providers: 0, ServerCertificates: 0 },
    };
    return { SummaryMap };
  },
});
