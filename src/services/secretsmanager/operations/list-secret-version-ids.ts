import type {
  ListSecretVersionIdsCommandInput,
  ListSecretVersionIdsCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { pageOf } from '../../../core/page.ts';
import { quotas } from '../limits.ts';
import { secretAccess, secretsOperation } from '../operation.ts';
import { invalidToken } from '../refusals.ts';
import { findSecret } from '../secrets.ts';
import { nextToken, secretId } from '../shapes.ts';
import { labelsOf } from '../stages.ts';
import { versionsOf } from '../versions.ts';

export const listSecretVersionIds = secretsOperation<
  ListSecretVersionIdsCommandInput,
  ListSecretVersionIdsCommandOutput
>()({
  schema: z.object({
    SecretId: secretId,
    MaxResults: z.number().int().min(1).max(quotas.page).optional(),
    NextToken: nextToken.optional(),
    IncludeDeprecated: z.boolean().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: secretAccess('ListSecretVersionIds'),
  handler: ({ ledger }, input, context) => {
    const secret = findSecret(ledger, context, input.SecretId);
    const versions = versionsOf(ledger, secret)
      .map((version) => ({ ...version, labels: labelsOf(secret.stages, version.versionId) }))
      .filter(({ labels }) => input.IncludeDeprecated === true || labels.length > 0);
    const page = pageOf(versions, ({ createdAt, versionId }) => `${String(createdAt).padStart(16, '0')} ${versionId}`, {
      kind: 'secret-versions',
      size: input.MaxResults ?? quotas.page,
      token: input.NextToken,
      refuse: () => {
        throw invalidToken();
      },
    });
    return {
      Versions: page.items.map(({ versionId, labels, createdAt, kmsKeyId }) => ({
        VersionId: versionId,
        ...(labels.length > 0 && { VersionStages: [...labels] }),
        CreatedDate: new Date(createdAt),
        KmsKeyIds: [kmsKeyId ?? 'DefaultEncryptionKey'],
      })),
      ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
      ARN: secret.arn,
      Name: secret.name,
    };
  },
});
