import type { SecretsManagerOperationName } from '../../../src/services/secretsmanager/index.ts';
import type { ServiceClaims } from '../claims.ts';

const made = { supported: 'a secret is made, described, listed, changed, deleted and restored' };
const forms = { supported: 'text and bytes are answered as they were given, and in no other form' };
const token = {
  supported: 'the same token again answers the same version; with another value, or for another secret, it is refused',
};
const staged = { supported: 'a new version becomes the current one, and the one before it the previous one' };
const moved = { supported: 'labels move and come off, and each refusal says what is where' };
const window = {
  supported:
    'a deleted secret is there for its recovery window, told of, and refused; then it is gone with its versions',
};
const forced = {
  supported: 'without recovery a secret is gone at once, marked or not, and it is no error that there is none',
};
const batch = { supported: 'many values are got at once, and what cannot be is an entry of its own' };
const lists = { supported: 'lists are filtered and ordered, and their pages go on while secrets come and go' };
const versions = { supported: 'versions of a secret are listed in pages, those without a label when asked for' };
const tags = { supported: 'tags of a secret are put, shown and taken off' };
const policy = { supported: 'the policy of a secret is asked beside those of the caller' };
const blocked = { supported: 'a policy is kept as it was given, if it is one, and blocked if it lets anybody in' };
const password = { supported: 'a password has nothing of what is excluded' };
const key = { stored: 'KmsKeyId is kept and shown', but: 'values are sealed under the keys of the installation' };
const partner = { stored: 'the Type of a secret is kept and shown', but: 'there are no partners' };

export const secretsManagerClaims = {
  BatchGetSecretValue: { '*': batch },
  CancelRotateSecret: 'unbuilt',
  CreateSecret: {
    '*': made,
    SecretString: forms,
    SecretBinary: forms,
    ClientRequestToken: token,
    KmsKeyId: key,
    Type: partner,
    Tags: tags,
    AddReplicaRegions: {
      refused: 'InvalidParameterException: AddReplicaRegions is not supported by this version of Batchyard.',
    },
    ForceOverwriteReplicaSecret: { ignored: 'there are no replicas' },
  },
  DeleteResourcePolicy: { '*': blocked },
  DeleteSecret: { '*': window, ForceDeleteWithoutRecovery: forced },
  DescribeSecret: { '*': made },
  GetRandomPassword: { '*': password },
  GetResourcePolicy: { '*': blocked },
  GetSecretValue: { '*': staged },
  ListSecretVersionIds: { '*': versions },
  ListSecrets: {
    '*': lists,
    SortBy: { ...lists, but: 'last-accessed-date orders by the last change: when a secret was read is not kept' },
  },
  PutResourcePolicy: { SecretId: blocked, ResourcePolicy: policy, BlockPublicPolicy: blocked },
  PutSecretValue: {
    '*': staged,
    SecretBinary: forms,
    ClientRequestToken: token,
    RotationToken: { ignored: 'nothing is rotated for another account' },
  },
  RemoveRegionsFromReplication: 'unbuilt',
  ReplicateSecretToRegions: 'unbuilt',
  RestoreSecret: { '*': made },
  RotateSecret: 'unbuilt',
  StopReplicationToReplica: 'unbuilt',
  TagResource: { '*': tags },
  UntagResource: { '*': tags },
  UpdateSecret: { '*': made, SecretBinary: forms, ClientRequestToken: token, KmsKeyId: key, Type: partner },
  UpdateSecretVersionStage: { '*': moved },
  ValidateResourcePolicy: { '*': { ...blocked, but: 'its form, and whether it lets anybody in' } },
} satisfies ServiceClaims<SecretsManagerOperationName>;
