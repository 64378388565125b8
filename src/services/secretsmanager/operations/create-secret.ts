import type { CreateSecretCommandInput, CreateSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { quotas } from '../limits.ts';
import { checkSecretName, newSecretArn, plainArn } from '../names.ts';
import { conditionsOf, secretsOperation } from '../operation.ts';
import { type SecretRecord, secretRecords } from '../records.ts';
import { limitExceeded, nameScheduledForDeletion, secretExists, unsupported } from '../refusals.ts';
import type { SecretsManagerRuntime } from '../runtime.ts';
import { requestToken } from '../shapes.ts';
import { current } from '../stages.ts';
import { tagList, withTags } from '../tags.ts';
import { hiddenMembers, readValue, type SecretValue, valueMembers } from '../value.ts';
import { addVersion, isRepeat, versionIdFor, versionOf } from '../versions.ts';

const schema = z.object({
  ...valueMembers,
  Name: z.string().min(1).max(512),
  ClientRequestToken: requestToken.optional(),
  Description: z.string().max(2048).optional(),
  KmsKeyId: z.string().max(2048).optional(),
  Tags: tagList.optional(),
  AddReplicaRegions: z.array(z.unknown()).optional(),
  ForceOverwriteReplicaSecret: z.boolean().optional(),
  Type: z.string().optional(),
});
type Input = z.infer<typeof schema>;

/** A secret, and its first version if a value is given. The same request again answers the same secret. */
export const createSecret = secretsOperation<
  Omit<CreateSecretCommandInput, 'AddReplicaRegions'>,
  CreateSecretCommandOutput
>()({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: hiddenMembers },
  access: (_runtime, input, context) => {
    const keys = { Name: 'Name', Description: 'Description', KmsKeyId: 'KmsKeyId', Type: 'Type' };
    const conditions = { ...conditionsOf(input, keys), ...givenTagConditions(input.Tags) };
    return [
      { action: 'secretsmanager:CreateSecret', resource: plainArn(context, textOf(input.Name) ?? '*'), conditions },
    ];
  },
  handler: (runtime, input, context) => {
    checkSecretName(input.Name);
    if (input.AddReplicaRegions && input.AddReplicaRegions.length > 0) throw unsupported('AddReplicaRegions');
    const value = readValue(input);
    const tags = withTags({}, input.Tags ?? []);
    const versionId = versionIdFor(runtime, context, input.ClientRequestToken);
    const existing = runtime.ledger.get(secretRecords, context, input.Name);
    if (existing) return repeated(runtime, existing, versionId, value);
    if (runtime.ledger.count(secretRecords, context) >= quotas.secrets)
      throw limitExceeded(`${quotas.secrets} secrets`);
    const secret = newSecret(runtime, context, input, tags);
    runtime.ledger.transact((transaction) => {
      if (value) addVersion(runtime, transaction, secret, { versionId, value, labels: [current], now: context.now });
      else transaction.put(secretRecords, secret);
    });
    return { ARN: secret.arn, Name: secret.name, ...(value && { VersionId: versionId }) };
  },
});

function newSecret(
  { random }: SecretsManagerRuntime,
  { account, region, now }: RequestContext,
  { Name: name, Description: description, KmsKeyId: kmsKeyId, Type: partnerType }: Input,
  tags: SecretRecord['tags'],
): SecretRecord {
  return {
    ...{ account, region, name, tags, stages: {}, createdAt: now, changedAt: now },
    arn: newSecretArn({ account, region }, name, random),
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(partnerType !== undefined && { partnerType }),
  };
}

function repeated(
  runtime: SecretsManagerRuntime,
  secret: SecretRecord,
  versionId: string,
  value: SecretValue | undefined,
) {
  if (secret.deletedAt !== undefined) throw nameScheduledForDeletion();
  const isSame = value && versionOf(runtime.ledger, secret, versionId) && isRepeat(runtime, secret, versionId, value);
  if (!isSame) throw secretExists(secret.name);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
}
