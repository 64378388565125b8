import type { Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import { readPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { quotas } from './limits.ts';
import { groupArn } from './names.ts';
import { type ResourcePolicyRecord, resourcePolicyKey, resourcePolicyRecords } from './records.ts';
import { invalidParameter } from './refusals.ts';

/** The policies of an account in a region, which say what services may write to its groups. */
export function accountPolicies(ledger: Ledger, scope: Scope): readonly ResourcePolicyRecord[] {
  return ledger.list(resourcePolicyRecords, scope).filter(({ groupName }) => groupName === undefined);
}

/** The policies that groups have of their own. */
export function groupPolicies(ledger: Ledger, scope: Scope): readonly ResourcePolicyRecord[] {
  return ledger.list(resourcePolicyRecords, scope).filter(({ groupName }) => groupName !== undefined);
}

export function findPolicy(
  ledger: Ledger,
  scope: Scope,
  named: Pick<ResourcePolicyRecord, 'name' | 'groupName'>,
): ResourcePolicyRecord | undefined {
  return ledger.get(resourcePolicyRecords, scope, resourcePolicyKey(named));
}

/** Throws AWS's error for a document that is no policy of a resource. */
export function checkPolicyDocument(text: string): void {
  const reading = readPolicy(text, 'resource');
  if (reading.kind === 'malformed') throw invalidParameter(`Policy document is malformed: ${reading.message}`);
}

/** Who changes the policy of a group says which one it knows, so that no change of another is lost. */
export function checkRevision(found: ResourcePolicyRecord | undefined, expected: string | undefined): void {
  if (found?.revisionId === expected) return;
  throw new ServiceError(
    'OperationAbortedException',
    'Multiple concurrent requests to update the same resource were in conflict.',
  );
}

export function checkRoomForPolicy(ledger: Ledger, scope: Scope): void {
  if (accountPolicies(ledger, scope).length < quotas.resourcePolicies) return;
  throw new ServiceError('LimitExceededException', 'Resource limit exceeded.');
}

export function describePolicy(policy: ResourcePolicyRecord) {
  const { name, groupName, document, updatedAt, revisionId } = policy;
  return {
    ...(name !== undefined && { policyName: name }),
    policyDocument: document,
    lastUpdatedTime: updatedAt,
    policyScope: groupName === undefined ? ('ACCOUNT' as const) : ('RESOURCE' as const),
    ...(groupName !== undefined && { resourceArn: groupArn(policy, groupName) }),
    ...(revisionId !== undefined && { revisionId }),
  };
}
