import type { Scope } from '../../core/arn.ts';
import type { AccountId, EpochMilliseconds, Region } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';
import { type Sealed, sealedUnder, sealedValues } from '../../vault/index.ts';

/** IAM is the same in all regions: its records stand under the name that AWS's clients have for none. */
export function iamScope(account: AccountId): Scope {
  return { account, region: 'aws-global' as Region };
}

/** Names differ by more than their case. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** What every entity of IAM has. Its unique id stays the same when it is renamed: what belongs to it refers to that. */
export interface EntityRecord extends Scope {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly id: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export interface UserRecord extends EntityRecord {
  /** ARN of the policy that limits it. */
  readonly boundary?: string;
}

export type GroupRecord = Omit<EntityRecord, 'tags'>;

export interface RoleRecord extends EntityRecord {
  readonly boundary?: string;
  readonly description?: string;
  readonly trust: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** Of a service-linked role: whose it is. */
  readonly service?: string;
}

export interface InstanceProfileRecord extends EntityRecord {
  /** Id of its role. */
  readonly role?: string;
}

export interface PolicyRecord extends EntityRecord {
  readonly description?: string;
  readonly changedAt: EpochMilliseconds;
  readonly defaultVersion: number;
  /** Numbers are given once. */
  readonly lastVersion: number;
}

const keyOfName = ({ name }: { readonly name: string }) => nameKey(name);
const byName = { order: keyOfName };
const byId = { order: ({ id }: { readonly id: string }) => id };
const byBoundary = {
  value: ({ boundary }: { readonly boundary?: string }) => boundary,
  order: ({ id }: { readonly id: string }) => id,
};

export const userRecords = defineRecord({
  type: 'iamUser',
  key: (record: UserRecord) => keyOfName(record),
  indexes: { name: byName, id: byId, boundary: byBoundary },
});

export const groupRecords = defineRecord({
  type: 'iamGroup',
  key: (record: GroupRecord) => keyOfName(record),
  indexes: { name: byName, id: byId },
});

export const roleRecords = defineRecord({
  type: 'iamRole',
  key: (record: RoleRecord) => keyOfName(record),
  indexes: { name: byName, id: byId, boundary: byBoundary },
});

export const instanceProfileRecords = defineRecord({
  type: 'iamInstanceProfile',
  key: (record: InstanceProfileRecord) => keyOfName(record),
  indexes: { name: byName, role: { value: ({ role }: InstanceProfileRecord) => role, order: keyOfName } },
});

export const policyRecords = defineRecord({
  type: 'iamPolicy',
  key: (record: PolicyRecord) => keyOfName(record),
  indexes: { name: byName },
});

/** A version of a policy of the account. */
export interface PolicyVersionRecord extends Scope {
  /** Id of the policy. */
  readonly policy: string;
  readonly number: number;
  readonly document: string;
  readonly createdAt: EpochMilliseconds;
}

export const policyVersionRecords = defineRecord({
  type: 'iamPolicyVersion',
  key: ({ policy, number }: PolicyVersionRecord) => versionKey(policy, number),
  indexes: {
    policy: { value: ({ policy }) => policy, order: ({ number }) => String(number).padStart(10, '0') },
  },
});

export function versionKey(policy: string, number: number): string {
  return `${policy}\n${number}`;
}

/** A policy that a user, group or role has of its own. */
export interface InlinePolicyRecord extends Scope {
  /** Id of that. */
  readonly owner: string;
  readonly name: string;
  readonly document: string;
}

export const inlinePolicyRecords = defineRecord({
  type: 'iamInlinePolicy',
  key: ({ owner, name }: InlinePolicyRecord) => inlineKey(owner, name),
  indexes: { owner: { value: ({ owner }) => owner, order: ({ name }) => name } },
});

export function inlineKey(owner: string, name: string): string {
  return `${owner}\n${name}`;
}

/** A managed policy that is attached to a user, group or role. */
export interface AttachmentRecord extends Scope {
  /** Id of that. */
  readonly owner: string;
  readonly policyArn: string;
}

export const attachmentRecords = defineRecord({
  type: 'iamAttachment',
  key: ({ owner, policyArn }: AttachmentRecord) => `${owner}\n${policyArn}`,
  indexes: {
    owner: { value: ({ owner }) => owner, order: ({ policyArn }) => policyArn },
    policy: { value: ({ policyArn }) => policyArn, order: ({ owner }) => owner },
  },
});

/** A user in a group, by their ids. */
export interface MembershipRecord extends Scope {
  readonly group: string;
  readonly user: string;
}

export const membershipRecords = defineRecord({
  type: 'iamMembership',
  key: ({ group, user }: MembershipRecord) => `${group}\n${user}`,
  indexes: {
    group: { value: ({ group }) => group, order: ({ user }) => user },
    user: { value: ({ user }) => user, order: ({ group }) => group },
  },
});

export interface AccessKeyRecord extends Scope, Sealed {
  readonly id: string;
  /** Id of the user. */
  readonly user: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: EpochMilliseconds;
}

const keyOfAccessKey = ({ id }: AccessKeyRecord) => id;

export const accessKeyRecords = defineRecord({
  type: 'iamAccessKey',
  key: keyOfAccessKey,
  indexes: {
    user: { value: ({ user }: AccessKeyRecord) => user, order: keyOfAccessKey },
    sealedUnder: sealedUnder(keyOfAccessKey),
  },
});

/** When a key was last used, to a quarter of an hour; apart from the key, which changes seldom. */
export interface KeyUseRecord extends Scope {
  readonly id: string;
  readonly usedAt: EpochMilliseconds;
  readonly service: string;
  readonly usedIn: string;
}

export const keyUseRecords = defineRecord({ type: 'iamKeyUse', key: ({ id }: KeyUseRecord) => id });

/** The deletion of a service-linked role, as it is asked about afterwards. */
export interface DeletionTaskRecord extends Scope {
  readonly id: string;
  readonly createdAt: EpochMilliseconds;
  /** What needed the role: it was not deleted then. */
  readonly uses?: readonly { readonly region: string; readonly resources: readonly string[] }[];
}

export const deletionTaskRecords = defineRecord({
  type: 'iamDeletionTask',
  key: ({ id }: DeletionTaskRecord) => id,
});

/** The other name of an account. */
export interface AccountAliasRecord extends Scope {
  readonly alias: string;
}

export const accountAliasRecords = defineRecord<AccountAliasRecord>({ type: 'iamAccountAlias' });

/** An issuer of tokens whom roles may trust. Its name is its URL without `https://`. */
export interface OidcProviderRecord extends Scope {
  readonly name: string;
  /** The audiences whose tokens are taken. */
  readonly clientIds: readonly string[];
  /** Kept and told, and nothing else: who serves the keys is the configuration's to say. */
  readonly thumbprints: readonly string[];
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
}

export const oidcProviderRecords = defineRecord({
  type: 'iamOidcProvider',
  key: ({ name }: OidcProviderRecord) => name,
  indexes: { name: { order: ({ name }: OidcProviderRecord) => name } },
});

/** Where a key's secret is sealed for. */
export function placeOfKey({ id }: Pick<AccessKeyRecord, 'id'>): string {
  return `iam\n${id}`;
}

/** Every type of record that IAM keeps. */
export const iamRecords = [
  userRecords,
  groupRecords,
  roleRecords,
  instanceProfileRecords,
  policyRecords,
  policyVersionRecords,
  inlinePolicyRecords,
  attachmentRecords,
  membershipRecords,
  accessKeyRecords,
  keyUseRecords,
  deletionTaskRecords,
  accountAliasRecords,
  oidcProviderRecords,
];

/** The values among them. */
export const accessKeysAtRest = sealedValues(accessKeyRecords, placeOfKey);
