import { textOf } from '../../../core/unvalidated.ts';
import type { Ledger } from '../../../store/index.ts';
import { encodeDocument } from '../documents.ts';
import { demandManagedPolicy, demandOwnPolicy, type ManagedPolicy } from '../entities.ts';
import { quotas } from '../limits.ts';
import { iamOperation, placeOf } from '../operation.ts';
import { behind, listPage, pageMembers } from '../page.ts';
import {
  type PolicyRecord,
  type PolicyVersionRecord,
  policyRecords,
  policyVersionRecords,
  versionKey,
} from '../records.ts';
import { limitExceeded, noSuchEntity, policyDeleteConflict } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { checkManaged } from './policies.ts';

const resource = (input: { readonly PolicyArn?: unknown }) => textOf(input.PolicyArn) ?? '*';

/** A version of a policy of the account or of AWS. */
interface Version {
  readonly VersionId: string;
  readonly IsDefaultVersion: boolean;
  readonly CreateDate: Date;
  readonly document: string;
  /** Of two the newer one has the greater. */
  readonly number: number;
}

/** All of a policy, five at most of one of the account. The newest comes first. */
export function versionsOf(ledger: Ledger, policy: ManagedPolicy): readonly Version[] {
  const versions = policy.kind === 'own' ? ownVersions(ledger, policy.record) : awsVersions(policy);
  return versions.toSorted((one, other) => other.number - one.number);
}

function ownVersions(ledger: Ledger, policy: PolicyRecord): readonly Version[] {
  const records = ledger.by(policyVersionRecords, policy, 'policy', { value: policy.id });
  return Array.from(records, (record) => versionOf(policy, record));
}

function versionOf(policy: PolicyRecord, { number, document, createdAt }: PolicyVersionRecord): Version {
  const isDefault = number === policy.defaultVersion;
  return { VersionId: `v${number}`, IsDefaultVersion: isDefault, CreateDate: new Date(createdAt), document, number };
}

/** Of earlier ones it is not known when they were made. */
function awsVersions({ policy }: Extract<ManagedPolicy, { kind: 'aws' }>): readonly Version[] {
  return Object.entries(policy.versions).map(([VersionId, document]) => {
    const isDefault = VersionId === policy.defaultVersion;
    const CreateDate = new Date(isDefault ? policy.updatedAt : policy.createdAt);
    return { VersionId, IsDefaultVersion: isDefault, CreateDate, document, number: Number(VersionId.slice(1)) };
  });
}

export function shownVersion({ VersionId, IsDefaultVersion, CreateDate }: Version) {
  return { VersionId, IsDefaultVersion, CreateDate };
}

export function wholeVersion(version: Version) {
  return { ...shownVersion(version), Document: encodeDocument(version.document) };
}

export const createPolicyVersion = iamOperation('CreatePolicyVersion', {
  members: {
    PolicyArn: shapes.policyArn,
    PolicyDocument: shapes.policyDocument,
    SetAsDefault: shapes.flag.optional(),
  },
  resource,
  handler: (call, { PolicyArn, PolicyDocument: document, SetAsDefault = false }) => {
    const policy = demandOwnPolicy(call.ledger, call.account, PolicyArn);
    checkManaged(document);
    if (call.ledger.countBy(policyVersionRecords, policy, 'policy', policy.id) >= quotas.policyVersions) {
      throw limitExceeded(
        `A managed policy can have up to ${quotas.policyVersions} versions. ` +
          'Before you create a new version, you must delete an existing version.',
      );
    }
    const number = policy.lastVersion + 1;
    const version = { ...placeOf(call), policy: policy.id, number, document, createdAt: call.at };
    const defaultVersion = SetAsDefault ? number : policy.defaultVersion;
    const changed = { ...policy, changedAt: call.at, lastVersion: number, defaultVersion };
    call.change((transaction) => {
      transaction.put(policyVersionRecords, version);
      transaction.put(policyRecords, changed);
    });
    return { PolicyVersion: shownVersion(versionOf(changed, version)) };
  },
});

export const getPolicyVersion = iamOperation('GetPolicyVersion', {
  members: { PolicyArn: shapes.policyArn, VersionId: shapes.versionId },
  resource,
  handler: ({ ledger, account }, { PolicyArn, VersionId }) => {
    const versions = versionsOf(ledger, demandManagedPolicy(ledger, account, PolicyArn));
    const version = versions.find((each) => each.VersionId === VersionId);
    if (!version) throw noSuchVersion(PolicyArn, VersionId);
    return { PolicyVersion: wholeVersion(version) };
  },
});

function noSuchVersion(arn: string, version: string) {
  return noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);
}

export const listPolicyVersions = iamOperation('ListPolicyVersions', {
  members: { PolicyArn: shapes.policyArn, ...pageMembers },
  resource,
  handler: ({ ledger, account }, input) => {
    const versions = versionsOf(ledger, demandManagedPolicy(ledger, account, input.PolicyArn));
    // The newest first.
    const place = ({ number }: Version) => String(1e9 - number).padStart(10, '0');
    const { items, end } = listPage(input, {
      of: 'ListPolicyVersions',
      from: behind(versions, place),
      placeOf: place,
      show: shownVersion,
    });
    return { Versions: items, ...end };
  },
});

export const deletePolicyVersion = iamOperation('DeletePolicyVersion', {
  members: { PolicyArn: shapes.policyArn, VersionId: shapes.versionId },
  resource,
  handler: (call, { PolicyArn, VersionId }) => {
    const policy = demandOwnPolicy(call.ledger, call.account, PolicyArn);
    const version = demandVersion(call.ledger, policy, PolicyArn, VersionId);
    if (version.number === policy.defaultVersion) {
      throw policyDeleteConflict('Cannot delete the default version of a policy.');
    }
    call.change((transaction) => transaction.delete(policyVersionRecords, version));
    return {};
  },
});

export const setDefaultPolicyVersion = iamOperation('SetDefaultPolicyVersion', {
  members: { PolicyArn: shapes.policyArn, VersionId: shapes.versionId },
  resource,
  handler: (call, { PolicyArn, VersionId }) => {
    const policy = demandOwnPolicy(call.ledger, call.account, PolicyArn);
    const { number } = demandVersion(call.ledger, policy, PolicyArn, VersionId);
    call.change((transaction) =>
      transaction.put(policyRecords, { ...policy, defaultVersion: number, changedAt: call.at }),
    );
    return {};
  },
});

function demandVersion(ledger: Ledger, policy: PolicyRecord, arn: string, id: string): PolicyVersionRecord {
  const version = ledger.get(policyVersionRecords, policy, versionKey(policy.id, Number(id.slice(1))));
  if (!version || `v${version.number}` !== id) throw noSuchVersion(arn, id);
  return version;
}
