import type {
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput,
  GetResourcePolicyCommandInput,
  GetResourcePolicyCommandOutput,
  PutResourcePolicyCommandInput,
  PutResourcePolicyCommandOutput,
  ValidateResourcePolicyCommandInput,
  ValidateResourcePolicyCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import { quotas } from '../limits.ts';
import { secretAccess, secretsOperation } from '../operation.ts';
import { isPublic, policyProblem } from '../policy.ts';
import { secretRecords } from '../records.ts';
import { findLiveSecret } from '../secrets.ts';
import { secretId } from '../shapes.ts';

const policy = z.string().min(1).max(quotas.policyBytes);

/** It decides with the policies of whoever asks: allows what they leave out, and denies. */
export const putResourcePolicy = secretsOperation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput>()({
  schema: z.object({ SecretId: secretId, ResourcePolicy: policy, BlockPublicPolicy: z.boolean().optional() }),
  readOnly: false,
  audit: 'management',
  access: secretAccess('PutResourcePolicy', { BlockPublicPolicy: 'BlockPublicPolicy' }),
  handler: ({ ledger }, { SecretId, ResourcePolicy, BlockPublicPolicy }, context) => {
    const secret = findLiveSecret(ledger, context, SecretId);
    const problem = policyProblem(ResourcePolicy);
    if (problem !== undefined) throw new ServiceError('MalformedPolicyDocumentException', problem);
    if (BlockPublicPolicy && isPublic(ResourcePolicy)) {
      throw new ServiceError(
        'PublicPolicyException',
        'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
      );
    }
    ledger.transact((transaction) => transaction.put(secretRecords, { ...secret, policy: ResourcePolicy }));
    return { ARN: secret.arn, Name: secret.name };
  },
});

export const getResourcePolicy = secretsOperation<GetResourcePolicyCommandInput, GetResourcePolicyCommandOutput>()({
  schema: z.object({ SecretId: secretId }),
  readOnly: true,
  audit: 'management',
  access: secretAccess('GetResourcePolicy'),
  handler: ({ ledger }, { SecretId }, context) => {
    const { arn, name, policy: kept } = findLiveSecret(ledger, context, SecretId);
    return { ARN: arn, Name: name, ...(kept !== undefined && { ResourcePolicy: kept }) };
  },
});

export const deleteResourcePolicy = secretsOperation<
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput
>()({
  schema: z.object({ SecretId: secretId }),
  readOnly: false,
  audit: 'management',
  access: secretAccess('DeleteResourcePolicy'),
  handler: ({ ledger }, { SecretId }, context) => {
    const { policy: _, ...secret } = findLiveSecret(ledger, context, SecretId);
    ledger.transact((transaction) => transaction.put(secretRecords, secret));
    return { ARN: secret.arn, Name: secret.name };
  },
});

export const validateResourcePolicy = secretsOperation<
  ValidateResourcePolicyCommandInput,
  ValidateResourcePolicyCommandOutput
>()({
  schema: z.object({ SecretId: secretId.optional(), ResourcePolicy: policy }),
  readOnly: true,
  audit: 'management',
  access: secretAccess('ValidateResourcePolicy'),
  handler: ({ ledger }, { SecretId, ResourcePolicy }, context) => {
    if (SecretId !== undefined) findLiveSecret(ledger, context, SecretId);
    const problem = policyProblem(ResourcePolicy);
    const problems = [
      ...(problem === undefined ? [] : [{ CheckName: 'policy-syntax', ErrorMessage: problem }]),
      ...(problem === undefined && isPublic(ResourcePolicy)
        ? [{ CheckName: 'public-access', ErrorMessage: 'The resource policy allows broad access to the secret.' }]
        : []),
    ];
    return { PolicyValidationPassed: problems.length === 0, ValidationErrors: problems };
  },
});
