import { textOf } from '../../../core/unvalidated.ts';
import { awsManagedPolicies } from '../../../iam/index.ts';
import { demandAbsent, demandRoom } from '../creation.ts';
import { createConditions, newArn, taggedBy } from '../creation-access.ts';
import { checkDocument, sizeOf } from '../documents.ts';
import { demandManagedPolicy, demandOwnPolicy, type ManagedPolicy } from '../entities.ts';
import { quotas } from '../limits.ts';
import { iamOperation, placeOf } from '../operation.ts';
import { listPage, pageMembers } from '../page.ts';
import { nameKey, type PolicyRecord, policyRecords, policyVersionRecords } from '../records.ts';
import { overQuota, policyDeleteConflict } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { withTags } from '../tags.ts';
import { newUniqueId } from '../unique-ids.ts';
import { attachmentsOf, boundariesOf, policyView, wholePolicyView } from '../views.ts';

export const createPolicy = iamOperation('CreatePolicy', {
  members: {
    PolicyName: shapes.longName,
    PolicyDocument: shapes.policyDocument,
    Path: shapes.path.optional(),
    Description: shapes.description.optional(),
    Tags: shapes.tags.optional(),
  },
  resource: (input, _runtime, account) => newArn('policy', input.Path, input.PolicyName, account),
  conditions: createConditions,
  more: taggedBy('TagPolicy'),
  handler: (call, { PolicyName: name, Path: path = '/', PolicyDocument: document, Description, Tags = [] }) => {
    const { ledger, account, at } = call;
    const tags = withTags({}, Tags);
    checkManaged(document);
    const taken = `A policy called ${name} already exists. Duplicate names are not allowed.`;
    demandAbsent(call, policyRecords, name, taken);
    demandRoom(call, policyRecords, 'PoliciesPerAccount', quotas.policies);
    const policy: PolicyRecord = {
      ...{ ...placeOf(call), name, path, id: newUniqueId('ANPA', call.random), tags, createdAt: at },
      ...{ changedAt: at, defaultVersion: 1, lastVersion: 1, ...(Description ? { description: Description } : {}) },
    };
    const version = { ...placeOf(call), policy: policy.id, number: 1, document, createdAt: at };
    call.change((transaction) => {
      transaction.put(policyVersionRecords, version);
      transaction.put(policyRecords, policy);
    });
    return { Policy: wholePolicyView(ledger, account, { kind: 'own', record: policy }) };
  },
});

/** Refuses what cannot be a managed policy. Throws `MalformedPolicyDocument`, `LimitExceeded`. */
export function checkManaged(document: string): void {
  if (sizeOf(document) > quotas.managedPolicySize) throw overQuota('PolicySize', quotas.managedPolicySize);
  checkDocument(document, 'identity');
}

export const getPolicy = iamOperation('GetPolicy', {
  members: { PolicyArn: shapes.policyArn },
  resource: (input) => textOf(input.PolicyArn) ?? '*',
  handler: ({ ledger, account }, { PolicyArn }) => {
    return { Policy: wholePolicyView(ledger, account, demandManagedPolicy(ledger, account, PolicyArn)) };
  },
});

/** Those of AWS come first. */
export const listPolicies = iamOperation('ListPolicies', {
  members: {
    Scope: shapes.policyScope.optional(),
    OnlyAttached: shapes.flag.optional(),
    PathPrefix: shapes.pathPrefix.optional(),
    PolicyUsageFilter: shapes.policyUsage.optional(),
    ...pageMembers,
  },
  handler: (call, input) => {
    const { ledger, account } = call;
    const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = input;
    const isWanted = (view: ReturnType<typeof policyView>) => {
      const { AttachmentCount: attached, PermissionsBoundaryUsageCount: bounding } = view;
      if (!view.Path.startsWith(PathPrefix)) return false;
      if (PolicyUsageFilter === 'PermissionsPolicy' && attached === 0) return false;
      if (PolicyUsageFilter === 'PermissionsBoundary' && bounding === 0) return false;
      return !OnlyAttached || attached + bounding > 0;
    };
    const { items, end } = listPage(input, {
      of: 'ListPolicies',
      from: (after) => policiesBehind(after),
      placeOf: placeOfPolicy,
      show: (policy) => {
        const view = policyView(ledger, account, policy);
        return isWanted(view) ? view : undefined;
      },
    });
    return { Policies: items, ...end };

    function* policiesBehind(after: string | undefined): Generator<ManagedPolicy> {
      if (Scope !== 'Local') {
        for (const policy of awsManagedPolicies().values()) {
          const found: ManagedPolicy = { kind: 'aws', policy };
          if (after === undefined || placeOfPolicy(found) > after) yield found;
        }
      }
      if (Scope === 'AWS') return;
      const behind = after?.startsWith('own ') ? after.slice('own '.length) : undefined;
      for (const record of ledger.by(policyRecords, placeOf(call), 'name', { after: behind }))
        yield { kind: 'own', record };
    }
  },
});

function placeOfPolicy(policy: ManagedPolicy): string {
  return policy.kind === 'aws' ? `aws ${policy.policy.arn}` : `own ${nameKey(policy.record.name)}`;
}

export const deletePolicy = iamOperation('DeletePolicy', {
  members: { PolicyArn: shapes.policyArn },
  resource: (input) => textOf(input.PolicyArn) ?? '*',
  handler: (call, { PolicyArn }) => {
    const { ledger, account } = call;
    const policy = demandOwnPolicy(ledger, account, PolicyArn);
    if (attachmentsOf(ledger, account, PolicyArn) + boundariesOf(ledger, account, PolicyArn) > 0) {
      throw policyDeleteConflict('Cannot delete a policy attached to entities.');
    }
    const versions = [...ledger.by(policyVersionRecords, policy, 'policy', { value: policy.id })];
    if (versions.length > 1) throw policyDeleteConflict(manyVersions);
    call.change((transaction) => {
      for (const version of versions) transaction.delete(policyVersionRecords, version);
      transaction.delete(policyRecords, policy);
    });
    return {};
  },
});

const manyVersions =
  "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
  'The default version is deleted with the policy.';
