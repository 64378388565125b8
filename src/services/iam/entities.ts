import type { AccountId } from '../../core/ids.ts';
import { type AwsManagedPolicy, findAwsManagedPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { findByName, findPolicy } from './lookups.ts';
import {
  type GroupRecord,
  groupRecords,
  type InstanceProfileRecord,
  instanceProfileRecords,
  type PolicyRecord,
  type RoleRecord,
  roleRecords,
  type UserRecord,
  userRecords,
} from './records.ts';
import { noSuchEntity, outsideAccount, unmodifiable } from './refusals.ts';

/** The kinds of entities that operations name, as the names of operations and members have them. */
export interface Entities {
  readonly User: UserRecord;
  readonly Group: GroupRecord;
  readonly Role: RoleRecord;
  readonly InstanceProfile: InstanceProfileRecord;
}

export type EntityKind = keyof Entities;

type Finders = {
  readonly [Kind in EntityKind]: (ledger: Ledger, account: AccountId, name: string) => Entities[Kind] | undefined;
};

const finders: Finders = {
  User: (ledger, account, name) => findByName(ledger, userRecords, account, name),
  Group: (ledger, account, name) => findByName(ledger, groupRecords, account, name),
  Role: (ledger, account, name) => findByName(ledger, roleRecords, account, name),
  InstanceProfile: (ledger, account, name) => findByName(ledger, instanceProfileRecords, account, name),
};

/** Undefined if there is none. */
export function findEntity<Kind extends EntityKind>(
  kind: Kind,
  ledger: Ledger,
  account: AccountId,
  name: string,
): Entities[Kind] | undefined {
  return finders[kind](ledger, account, name);
}

const unknown: Readonly<Record<EntityKind, (name: string) => string>> = {
  User: (name) => `The user with name ${name} cannot be found.`,
  Group: (name) => `The group with name ${name} cannot be found.`,
  Role: (name) => `The role with name ${name} cannot be found.`,
  InstanceProfile: (name) => `Instance Profile ${name} cannot be found.`,
};

/** Throws `NoSuchEntity`. */
export function demandEntity<Kind extends EntityKind>(
  kind: Kind,
  ledger: Ledger,
  account: AccountId,
  name: string,
): Entities[Kind] {
  const found = findEntity(kind, ledger, account, name);
  if (!found) throw noSuchEntity(unknown[kind](name));
  return found;
}

/** A managed policy: of the account, or of AWS. */
export type ManagedPolicy =
  | { readonly kind: 'own'; readonly record: PolicyRecord }
  | { readonly kind: 'aws'; readonly policy: AwsManagedPolicy };

export function findManagedPolicy(ledger: Ledger, account: AccountId, arn: string): ManagedPolicy | undefined {
  const policy = findAwsManagedPolicy(arn);
  if (policy) return { kind: 'aws', policy };
  const record = findPolicy(ledger, account, arn);
  return record && { kind: 'own', record };
}

/** Throws `NoSuchEntity`. */
export function demandManagedPolicy(ledger: Ledger, account: AccountId, arn: string): ManagedPolicy {
  const found = findManagedPolicy(ledger, account, arn);
  if (!found) throw noSuchEntity(`Policy ${arn} was not found.`);
  return found;
}

/** A policy that may be changed. Throws `NoSuchEntity`, `AccessDenied`. */
export function demandOwnPolicy(ledger: Ledger, account: AccountId, arn: string): PolicyRecord {
  const found = demandManagedPolicy(ledger, account, arn);
  if (found.kind === 'aws') throw outsideAccount();
  return found.record;
}

/** Refuses a role that belongs to a service. Throws `UnmodifiableEntity`. */
export function demandModifiable(record: Pick<RoleRecord, 'name' | 'service'>): void {
  if (record.service !== undefined) throw unmodifiable(record.name);
}
