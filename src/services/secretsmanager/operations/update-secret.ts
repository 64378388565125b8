import type { UpdateSecretCommandInput, UpdateSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { secretAccess, secretsOperation } from '../operation.ts';
import { type SecretRecord, secretRecords } from '../records.ts';
import { findLiveSecret } from '../secrets.ts';
import { requestToken, secretId } from '../shapes.ts';
import { current } from '../stages.ts';
import { hiddenMembers, readValue, valueMembers } from '../value.ts';
import { addVersion, isRepeat, versionIdFor } from '../versions.ts';

/** What describes a secret; with a value also a new current version. */
export const updateSecret = secretsOperation<UpdateSecretCommandInput, UpdateSecretCommandOutput>()({
  schema: z.object({
    ...valueMembers,
    SecretId: secretId,
    ClientRequestToken: requestToken.optional(),
    Description: z.string().max(2048).optional(),
    KmsKeyId: z.string().max(2048).optional(),
    Type: z.string().optional(),
  }),
  readOnly: false,
  audit: { kind: 'management', hide: hiddenMembers },
  access: secretAccess('UpdateSecret', { Description: 'Description', KmsKeyId: 'KmsKeyId', Type: 'Type' }),
  handler: (runtime, input, context) => {
    const secret = findLiveSecret(runtime.ledger, context, input.SecretId);
    const value = readValue(input);
    const versionId = value && versionIdFor(runtime, context, input.ClientRequestToken);
    const changed = updated(secret, input, context.now);
    const isNew = value && versionId !== undefined && !isRepeat(runtime, secret, versionId, value);
    runtime.ledger.transact((transaction) => {
      if (isNew) addVersion(runtime, transaction, changed, { versionId, value, labels: [current], now: context.now });
      else transaction.put(secretRecords, changed);
    });
    return { ARN: secret.arn, Name: secret.name, ...(versionId !== undefined && { VersionId: versionId }) };
  },
});

function updated(
  secret: SecretRecord,
  { Description, KmsKeyId, Type }: Pick<UpdateSecretCommandInput, 'Description' | 'KmsKeyId' | 'Type'>,
  changedAt: number,
): SecretRecord {
  return {
    ...secret,
    ...(Description !== undefined && { description: Description }),
    ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
    ...(Type !== undefined && { partnerType: Type }),
    changedAt,
  };
}
