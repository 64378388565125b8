import type { PutSecretValueCommandInput, PutSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { secretAccess, secretsOperation } from '../operation.ts';
import type { SecretRecord } from '../records.ts';
import { invalidRequest } from '../refusals.ts';
import { findLiveSecret } from '../secrets.ts';
import { requestToken, secretId, stage } from '../shapes.ts';
import { current, labelsOf } from '../stages.ts';
import { hiddenMembers, readValue, valueMembers } from '../value.ts';
import { addVersion, isRepeat, versionIdFor } from '../versions.ts';

/** A new version, which becomes the current one unless other labels are given. The same request again changes nothing. */
export const putSecretValue = secretsOperation<PutSecretValueCommandInput, PutSecretValueCommandOutput>()({
  schema: z.object({
    ...valueMembers,
    SecretId: secretId,
    ClientRequestToken: requestToken.optional(),
    VersionStages: z.array(stage).min(1).max(20).optional(),
    RotationToken: z.string().optional(),
  }),
  readOnly: false,
  audit: { kind: 'management', hide: [...hiddenMembers, 'RotationToken'] },
  access: secretAccess('PutSecretValue'),
  handler: (runtime, input, context) => {
    const secret = findLiveSecret(runtime.ledger, context, input.SecretId);
    const value = readValue(input);
    if (!value) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const versionId = versionIdFor(runtime, context, input.ClientRequestToken);
    if (isRepeat(runtime, secret, versionId, value)) return described(secret, versionId);
    const labels = input.VersionStages ?? [current];
    const changed = runtime.ledger.transact((transaction) =>
      addVersion(runtime, transaction, secret, { versionId, value, labels, now: context.now }),
    );
    return described(changed, versionId);
  },
});

function described({ arn, name, stages }: SecretRecord, versionId: string) {
  return { ARN: arn, Name: name, VersionId: versionId, VersionStages: [...labelsOf(stages, versionId)] };
}
