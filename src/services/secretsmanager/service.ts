import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import { Deletions } from './deletions.ts';
import { batchGetSecretValue } from './operations/batch-get-secret-value.ts';
import { createSecret } from './operations/create-secret.ts';
import { deleteSecret, restoreSecret } from './operations/delete-secret.ts';
import { describeSecret } from './operations/describe-secret.ts';
import { getRandomPassword } from './operations/get-random-password.ts';
import { getSecretValue } from './operations/get-secret-value.ts';
import { listSecretVersionIds } from './operations/list-secret-version-ids.ts';
import { listSecrets } from './operations/list-secrets.ts';
import { putSecretValue } from './operations/put-secret-value.ts';
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from './operations/resource-policy.ts';
import { tagResource, untagResource } from './operations/tags.ts';
import { updateSecret } from './operations/update-secret.ts';
import { updateSecretVersionStage } from './operations/update-secret-version-stage.ts';
import type { SecretsManagerOptions } from './runtime.ts';

export type SecretsManagerOperationName = CommandNames<typeof import('@aws-sdk/client-secrets-manager')>;

/** AWS Secrets Manager: secrets with versions, sealed by the vault. Deletions take place while due work is open. */
export function createSecretsManager(runtime: SecretsManagerOptions): ServiceDefinition<SecretsManagerOperationName> {
  const deletions = new Deletions(runtime.ledger, runtime.due);
  return {
    name: 'secretsmanager',
    apiVersion: '2017-10-17',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'secretsmanager' },
    errors: { validation: 'ValidationException', internal: 'InternalServiceError' },
    operations: {
      BatchGetSecretValue: batchGetSecretValue(runtime),
      CancelRotateSecret: unbuilt,
      CreateSecret: createSecret(runtime),
      DeleteResourcePolicy: deleteResourcePolicy(runtime),
      DeleteSecret: deleteSecret(deletions)(runtime),
      DescribeSecret: describeSecret(runtime),
      GetRandomPassword: getRandomPassword(runtime),
      GetResourcePolicy: getResourcePolicy(runtime),
      GetSecretValue: getSecretValue(runtime),
      ListSecretVersionIds: listSecretVersionIds(runtime),
      ListSecrets: listSecrets(runtime),
      PutResourcePolicy: putResourcePolicy(runtime),
      PutSecretValue: putSecretValue(runtime),
      RemoveRegionsFromReplication: unbuilt,
      ReplicateSecretToRegions: unbuilt,
      RestoreSecret: restoreSecret(deletions)(runtime),
      RotateSecret: unbuilt,
      StopReplicationToReplica: unbuilt,
      TagResource: tagResource(runtime),
      UntagResource: untagResource(runtime),
      UpdateSecret: updateSecret(runtime),
      UpdateSecretVersionStage: updateSecretVersionStage(runtime),
      ValidateResourcePolicy: validateResourcePolicy(runtime),
    },
  };
}
