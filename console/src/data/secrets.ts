import type {
  DescribeSecretCommandOutput,
  ListSecretsCommandOutput,
  ListSecretVersionIdsCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import type { Call } from '../api/protocol.ts';
import { useCall, type Wire } from './use-call.ts';

export function secretsCall(operation: string, input: object): Call {
  return { service: 'secretsmanager', operation, input };
}

/** A page of them, those too that are to be deleted. */
export function useSecrets(NextToken: string | undefined) {
  const input = { MaxResults: 50, IncludePlannedDeletion: true, ...(NextToken !== undefined && { NextToken }) };
  return useCall<Wire<ListSecretsCommandOutput>>(secretsCall('ListSecrets', input));
}

/** What is known of a secret, but not its value. */
export function useSecret(SecretId: string) {
  return useCall<Wire<DescribeSecretCommandOutput>>(secretsCall('DescribeSecret', { SecretId }));
}

export function useSecretVersions(SecretId: string) {
  const input = { SecretId, IncludeDeprecated: true };
  return useCall<Wire<ListSecretVersionIdsCommandOutput>>(secretsCall('ListSecretVersionIds', input));
}
