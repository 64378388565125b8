import type { AccountId } from '../../core/ids.ts';
import type { Ledger } from '../../store/index.ts';
import { entityArn } from './arns.ts';
import { encodeDocument } from './documents.ts';
import type { ManagedPolicy } from './entities.ts';
import { findById } from './lookups.ts';
import {
  attachmentRecords,
  type GroupRecord,
  type InstanceProfileRecord,
  iamScope,
  type RoleRecord,
  roleRecords,
  type UserRecord,
  userRecords,
} from './records.ts';
import { shownTags } from './tags.ts';

/** A user as lists have it. */
export function userView(user: UserRecord) {
  const { path, name, id, createdAt } = user;
  return { Path: path, UserName: name, UserId: id, Arn: entityArn('user', user), CreateDate: new Date(createdAt) };
}

export function wholeUserView(user: UserRecord) {
  return { ...userView(user), ...boundaryView(user), ...shownTags(user.tags) };
}

export function groupView(group: GroupRecord) {
  const { path, name, id, createdAt } = group;
  return { Path: path, GroupName: name, GroupId: id, Arn: entityArn('group', group), CreateDate: new Date(createdAt) };
}

/** A role as lists have it. */
export function roleView(role: RoleRecord) {
  const { path, name, id, createdAt, trust, description, maxSessionDuration } = role;
  return {
    ...{ Path: path, RoleName: name, RoleId: id, Arn: entityArn('role', role), CreateDate: new Date(createdAt) },
    AssumeRolePolicyDocument: encodeDocument(trust),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: maxSessionDuration,
  };
}

export function wholeRoleView(role: RoleRecord) {
  return { ...roleView(role), ...boundaryView(role), ...shownTags(role.tags) };
}

export function boundaryView({ boundary }: Pick<UserRecord, 'boundary'>) {
  if (boundary === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary } };
}

/** An instance profile as lists have it, with its role. */
export function profileView(ledger: Ledger, profile: InstanceProfileRecord) {
  const { path, name, id, createdAt, role } = profile;
  const found = role === undefined ? undefined : findById(ledger, roleRecords, profile.account, role);
  return {
    ...{ Path: path, InstanceProfileName: name, InstanceProfileId: id },
    ...{ Arn: entityArn('instance-profile', profile), CreateDate: new Date(createdAt) },
    Roles: found ? [roleView(found)] : [],
  };
}

export function wholeProfileView(ledger: Ledger, profile: InstanceProfileRecord) {
  return { ...profileView(ledger, profile), ...shownTags(profile.tags) };
}

/** What is the same of policies of the account and of AWS. */
interface PlainPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly defaultVersion: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly description?: string;
}

function plainPolicy(policy: ManagedPolicy): PlainPolicy {
  if (policy.kind === 'aws') return { ...policy.policy, changedAt: policy.policy.updatedAt };
  const { record } = policy;
  return { ...record, arn: entityArn('policy', record), defaultVersion: `v${record.defaultVersion}` };
}

/** How many users, groups and roles it is attached to. */
export function attachmentsOf(ledger: Ledger, account: AccountId, arn: string): number {
  return ledger.countBy(attachmentRecords, iamScope(account), 'policy', arn);
}

/** How many users and roles it is the boundary of. */
export function boundariesOf(ledger: Ledger, account: AccountId, arn: string): number {
  const place = iamScope(account);
  return ledger.countBy(userRecords, place, 'boundary', arn) + ledger.countBy(roleRecords, place, 'boundary', arn);
}

/** A managed policy as lists have it. */
export function policyView(ledger: Ledger, account: AccountId, policy: ManagedPolicy) {
  const { arn, name, path, id, defaultVersion, createdAt, changedAt } = plainPolicy(policy);
  return {
    ...{ PolicyName: name, PolicyId: id, Arn: arn, Path: path, DefaultVersionId: defaultVersion },
    AttachmentCount: attachmentsOf(ledger, account, arn),
    PermissionsBoundaryUsageCount: boundariesOf(ledger, account, arn),
    IsAttachable: true,
    CreateDate: new Date(createdAt),
    UpdateDate: new Date(changedAt),
  };
}

export function wholePolicyView(ledger: Ledger, account: AccountId, policy: ManagedPolicy) {
  const { description } = plainPolicy(policy);
  return {
    ...policyView(ledger, account, policy),
    ...(description === undefined ? {} : { Description: description }),
    ...(policy.kind === 'own' ? shownTags(policy.record.tags) : {}),
  };
}
