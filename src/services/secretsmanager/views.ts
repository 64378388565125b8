import type { SecretListEntry, SecretValueEntry } from '@aws-sdk/client-secrets-manager';
import type { SecretRecord, SecretVersionRecord } from './records.ts';
import type { SecretsManagerRuntime } from './runtime.ts';
import { labelsOf } from './stages.ts';
import { shownTags } from './tags.ts';
import { shownValue } from './value.ts';
import { openValue } from './versions.ts';

/** A version with its value. Throws `DecryptionFailure`. */
export function valueEntry(
  runtime: SecretsManagerRuntime,
  { arn, name, stages }: SecretRecord,
  version: SecretVersionRecord,
): SecretValueEntry {
  return {
    ARN: arn,
    Name: name,
    VersionId: version.versionId,
    ...shownValue(openValue(runtime, version)),
    VersionStages: [...labelsOf(stages, version.versionId)],
    CreatedDate: new Date(version.createdAt),
  };
}

/** What descriptions and lists show alike. */
export function describedSecret(secret: SecretRecord): SecretListEntry {
  const { arn, name, description, kmsKeyId, partnerType, tags, createdAt, changedAt, deletedAt } = secret;
  return {
    ARN: arn,
    Name: name,
    ...(partnerType !== undefined && { Type: partnerType }),
    ...(description !== undefined && { Description: description }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    LastChangedDate: new Date(changedAt),
    ...(deletedAt !== undefined && { DeletedDate: new Date(deletedAt) }),
    ...shownTags(tags),
    CreatedDate: new Date(createdAt),
  };
}

/** The labels of each version that has any; undefined if none has. */
export function versionsToStages({ stages }: SecretRecord): Record<string, string[]> | undefined {
  const versions = [...new Set(Object.values(stages))];
  if (versions.length === 0) return undefined;
  return Object.fromEntries(versions.map((versionId) => [versionId, [...labelsOf(stages, versionId)]]));
}
