import type { AccountId } from '../../core/ids.ts';
import type { CompiledPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { entityArn } from './arns.ts';
import { findByName } from './lookups.ts';
import { groupRecords } from './records.ts';
import type { StoredPolicies } from './stored-policies.ts';

/** Who is simulated, with what it may do. */
export interface SourcePrincipal {
  readonly kind: 'user' | 'group' | 'role';
  readonly policies: readonly CompiledPolicy[];
  readonly boundary?: CompiledPolicy | undefined;
}

/** The user, group or role that an ARN names whole. */
export function findPrincipal(
  ledger: Ledger,
  policies: StoredPolicies,
  account: AccountId,
  arn: string,
): SourcePrincipal | undefined {
  const [, kind, name = ''] = /^arn:aws[a-z-]*:iam::\d{12}:(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (kind === 'group') {
    const group = findByName(ledger, groupRecords, account, name);
    return group && entityArn('group', group) === arn ? { kind, policies: policies.ofGroup(group) } : undefined;
  }
  if (kind !== 'user' && kind !== 'role') return undefined;
  const found = kind === 'user' ? policies.user(account, name) : policies.role(account, name);
  return found?.arn === arn ? { kind, policies: found.policies, boundary: found.boundary } : undefined;
}
