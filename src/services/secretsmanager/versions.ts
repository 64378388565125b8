import { createHash } from 'node:crypto';
import type { RequestContext } from '../../core/operation.ts';
import { uuidV7 } from '../../core/random.ts';
import type { Ledger, Transaction } from '../../store/index.ts';
import { KeysUnavailable, ValueUnreadable } from '../../vault/index.ts';
import { day, quotas } from './limits.ts';
import {
  placeOfVersion,
  type SecretRecord,
  type SecretVersionRecord,
  secretRecords,
  secretVersionRecords,
  versionKey,
} from './records.ts';
import {
  decryptionFailure,
  encryptionFailure,
  invalidRequest,
  limitExceeded,
  tokenInUse,
  versionMissing,
} from './refusals.ts';
import type { SecretsManagerRuntime } from './runtime.ts';
import { attach, current, holderOf, labelsOf } from './stages.ts';
import { isSameValue, type SecretValue } from './value.ts';

/** The versions of a secret, the oldest first. */
export function versionsOf(ledger: Ledger, secret: SecretRecord): readonly SecretVersionRecord[] {
  return [...ledger.by(secretVersionRecords, secret, 'secret', { value: secret.arn })];
}

export function versionOf(ledger: Ledger, secret: SecretRecord, versionId: string): SecretVersionRecord | undefined {
  return ledger.get(secretVersionRecords, secret, versionKey(secret.arn, versionId));
}

/** The version that an id, a label or both name; that of AWSCURRENT for neither. Throws `ResourceNotFoundException`. */
export function findVersion(
  ledger: Ledger,
  secret: SecretRecord,
  { VersionId, VersionStage }: { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined },
): SecretVersionRecord {
  if (VersionId === undefined) {
    const label = VersionStage ?? current;
    const id = holderOf(secret.stages, label);
    const found = id === undefined ? undefined : versionOf(ledger, secret, id);
    if (!found) throw versionMissing(`staging label: ${label}`);
    return found;
  }
  const found = versionOf(ledger, secret, VersionId);
  if (!found) throw versionMissing(`VersionId: ${VersionId}`);
  if (VersionStage !== undefined && holderOf(secret.stages, VersionStage) !== VersionId) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return found;
}

/** Opens a value. Throws `DecryptionFailure`. */
export function openValue({ vault }: SecretsManagerRuntime, version: SecretVersionRecord): SecretValue {
  try {
    return { form: version.form, bytes: vault.open(version.sealed, placeOfVersion(version)) };
  } catch (error) {
    if (error instanceof ValueUnreadable) throw decryptionFailure(error.message);
    throw error;
  }
}

function sealSecretValue({ vault }: SecretsManagerRuntime, bytes: Uint8Array, place: string): string {
  try {
    return vault.seal(bytes, place);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw encryptionFailure(error.message);
    throw error;
  }
}

/**
 * The id of a new version: the request's token, which SDKs make. AWS refuses a request without one; a task of Step Functions
 * has the one of its try, and another call within the server a random one.
 */
export function versionIdFor(
  { random }: SecretsManagerRuntime,
  { idempotencyKey, source, now }: RequestContext,
  token: string | undefined,
): string {
  if (token !== undefined) return token;
  if (idempotencyKey !== undefined) return createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
  if (source.kind === 'service') return uuidV7(now, random);
  throw invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
}

/**
 * Whether a request was made before: there is a version with its token, and the same value. Throws
 * `ResourceExistsException` if that has another one.
 */
export function isRepeat(
  runtime: SecretsManagerRuntime,
  secret: SecretRecord,
  versionId: string,
  value: SecretValue,
): boolean {
  const found = versionOf(runtime.ledger, secret, versionId);
  if (!found) return false;
  if (isSameValue(openValue(runtime, found), value)) return true;
  throw tokenInUse(versionId, secret.arn);
}

interface NewVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly labels: readonly string[];
  readonly now: number;
}

/** Adds a version, moves the labels to it, and takes away the oldest that have none. Answers the secret as it is then. */
export function addVersion(
  runtime: SecretsManagerRuntime,
  transaction: Transaction,
  secret: SecretRecord,
  { versionId, value, labels, now }: NewVersion,
): SecretRecord {
  const { account, region, kmsKeyId, arn } = secret;
  // The first version of a secret is the current one, whatever labels it gets beside that.
  const whole = Object.keys(secret.stages).length === 0 ? [...new Set([...labels, current])] : labels;
  const changed = { ...secret, stages: attach(secret.stages, versionId, whole), changedAt: now };
  removeDeprecated(runtime.ledger, transaction, changed, now);
  const place = placeOfVersion({ secretArn: arn, versionId });
  transaction.put(secretVersionRecords, {
    ...{ account, region, secretArn: arn, versionId, form: value.form, createdAt: now },
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    sealed: sealSecretValue(runtime, value.bytes, place),
  });
  transaction.put(secretRecords, changed);
  return changed;
}

/** How long a version without a label stays at least. */
const deprecatedFor = day;

/** Makes room for one more version. Throws `LimitExceededException` if nothing may go. */
function removeDeprecated(ledger: Ledger, transaction: Transaction, secret: SecretRecord, now: number): void {
  const versions = versionsOf(ledger, secret);
  const excess = versions.length + 1 - quotas.versions;
  if (excess <= 0) return;
  const old = versions.filter(
    ({ versionId, createdAt }) => labelsOf(secret.stages, versionId).length === 0 && createdAt + deprecatedFor <= now,
  );
  if (old.length < excess) throw limitExceeded(`${versions.length + 1} versions, of ${quotas.versions} at most`);
  for (const { versionId } of old.slice(0, excess)) {
    transaction.delete(secretVersionRecords, secret, versionKey(secret.arn, versionId));
  }
}
