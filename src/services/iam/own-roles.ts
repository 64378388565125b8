import type { AccountId } from '../../core/ids.ts';
import { entityArn } from './arns.ts';
import { changeIam, type IamTransaction } from './change-iam.ts';
import { wholeSeconds } from './limits.ts';
import { findById, findByName } from './lookups.ts';
import { attachmentRecords, iamScope, instanceProfileRecords, type RoleRecord, roleRecords } from './records.ts';
import type { IamRuntime } from './runtime.ts';
import { linkedRoleRecord, type ServiceLinkedRole, serviceLinkedRoles } from './service-linked-roles.ts';

/** Roles that services of this server look up or make for themselves. */
export interface OwnRoles {
  /** The ARN of a profile's role: null for one without any, undefined where there is no such profile. */
  roleOfProfile(account: AccountId, name: string): string | null | undefined;
  /** Whether the account has the service-linked role of a service. */
  isThere(account: AccountId, service: string): boolean;
  /** Makes it, unless it is there. */
  make(account: AccountId, service: string): void;
}

type OwnRolesOptions = Pick<IamRuntime, 'ledger' | 'changes' | 'clock' | 'random'>;

export function createOwnRoles({ ledger, changes, clock, random }: OwnRolesOptions): OwnRoles {
  const found = (account: AccountId, service: string) => {
    const name = serviceLinkedRoles[service]?.role;
    return name !== undefined && findByName(ledger, roleRecords, account, name) !== undefined;
  };
  return {
    isThere: found,
    make: (account, service) => {
      const linked = serviceLinkedRoles[service];
      if (!linked || found(account, service)) return;
      const role = linkedRoleRecord(service, linked, { account, random, at: wholeSeconds(clock.now()) });
      changeIam(ledger, changes, (transaction) => putLinkedRole(transaction, role, linked));
    },
    roleOfProfile: (account, name) => {
      const profile = findByName(ledger, instanceProfileRecords, account, name);
      if (!profile) return undefined;
      const role = profile.role === undefined ? undefined : findById(ledger, roleRecords, account, profile.role);
      return role ? entityArn('role', role) : null;
    },
  };
}

/** With the policy that it has. */
export function putLinkedRole(transaction: IamTransaction, role: RoleRecord, { policyArn }: ServiceLinkedRole): void {
  transaction.put(roleRecords, role);
  if (policyArn !== undefined)
    transaction.put(attachmentRecords, { ...iamScope(role.account), owner: role.id, policyArn });
}
