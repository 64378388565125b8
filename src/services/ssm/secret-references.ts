import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { Parameter } from '@aws-sdk/client-ssm';
import type { Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { RequestContext } from '../../core/operation.ts';
import { uuidText } from '../../core/random.ts';
import { parameterArn } from './names.ts';
import { invalid, parameterMissing } from './refusals.ts';
import type { SsmRuntime } from './runtime.ts';

const prefix = '/aws/reference/secretsmanager/';

/** The id of the secret that a parameter's name stands for; undefined for the name of any other. */
export function referredSecret(name: string): string | undefined {
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/**
 * A secret of Secrets Manager as a parameter. Whoever asks must be allowed to read the secret, too. A version or label in the
 * name is one of the secret's.
 */
export async function secretAsParameter(
  { invoke }: SsmRuntime,
  context: RequestContext,
  { secret, selector, withDecryption }: { secret: string; selector?: string | undefined; withDecryption: boolean },
): Promise<Parameter> {
  if (!withDecryption) throw invalid('WithDecryption flag must be True for retrieving a Secret Manager secret.');
  try {
    const input = { SecretId: secret, ...selectorMembers(selector) };
    const found = await invoke<GetSecretValueResponse>('secretsmanager', 'GetSecretValue', input, context);
    return parameterOf(context, `${prefix}${secret}`, found, selector);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException')
      throw parameterMissing(`${prefix}${secret}`);
    throw error;
  }
}

function selectorMembers(selector: string | undefined) {
  if (selector === undefined) return {};
  return uuidText.test(selector) ? { VersionId: selector } : { VersionStage: selector };
}

function parameterOf(
  scope: Scope,
  name: string,
  { SecretString, SecretBinary, ...about }: GetSecretValueResponse,
  selector: string | undefined,
): Parameter {
  return {
    Name: name,
    Type: 'SecureString',
    Value: SecretString ?? Buffer.from(SecretBinary ?? []).toString('base64'),
    Version: 0,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    SourceResult: JSON.stringify(about),
    LastModifiedDate: about.CreatedDate,
    ARN: parameterArn(scope, name),
    DataType: 'text',
  };
}
