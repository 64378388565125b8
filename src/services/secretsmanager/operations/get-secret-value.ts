import type { GetSecretValueCommandInput, GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { secretRequest, secretsOperation } from '../operation.ts';
import { findLiveSecret } from '../secrets.ts';
import { secretId, stage, versionId } from '../shapes.ts';
import { current } from '../stages.ts';
import { findVersion } from '../versions.ts';
import { valueEntry } from '../views.ts';

export const getSecretValue = secretsOperation<GetSecretValueCommandInput, GetSecretValueCommandOutput>()({
  schema: z.object({ SecretId: secretId, VersionId: versionId.optional(), VersionStage: stage.optional() }),
  readOnly: true,
  audit: 'management',
  access: (runtime, input, context) => {
    const [id, label] = [textOf(input.VersionId), textOf(input.VersionStage)];
    const conditions = {
      ...(id !== undefined && { 'secretsmanager:VersionId': id }),
      'secretsmanager:VersionStage': label ?? current,
    };
    return [secretRequest(runtime, context, 'GetSecretValue', input.SecretId, conditions)];
  },
  handler: (runtime, input, context) => {
    const secret = findLiveSecret(runtime.ledger, context, input.SecretId);
    return valueEntry(runtime, secret, findVersion(runtime.ledger, secret, input));
  },
});
