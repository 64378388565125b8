import type { DescribeSecretCommandInput, DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { secretAccess, secretsOperation } from '../operation.ts';
import { findSecret } from '../secrets.ts';
import { secretId } from '../shapes.ts';
import { describedSecret, versionsToStages } from '../views.ts';

/** Marked for deletion or not. Never a value. */
export const describeSecret = secretsOperation<DescribeSecretCommandInput, DescribeSecretCommandOutput>()({
  schema: z.object({ SecretId: secretId }),
  readOnly: true,
  audit: 'management',
  access: secretAccess('DescribeSecret'),
  handler: ({ ledger }, { SecretId }, context) => {
    const secret = findSecret(ledger, context, SecretId);
    const stages = versionsToStages(secret);
    return { ...describedSecret(secret), ...(stages && { VersionIdsToStages: stages }) };
  },
});
