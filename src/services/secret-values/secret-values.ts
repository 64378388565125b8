import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { GetParametersResult } from '@aws-sdk/client-ssm';
import type { Clock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import { jsonOf } from '../../core/json-of.ts';
import type { RequestContext } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import { type Reference, readReference } from './references.ts';

/** One value that is wanted, and by whom. */
export interface SecretRequest {
  /** A session of the execution role: its permissions decide, and it stands in the audit. */
  readonly principal: Principal;
  readonly account: AccountId;
  /** The job's. */
  readonly region: Region;
  /** A `valueFrom`: the ARN of a secret, with or without json-key:version-stage:version-id, or name or ARN of a parameter. */
  readonly valueFrom: string;
  readonly signal: AbortSignal;
}

export type ResolvedSecret =
  | { readonly kind: 'value'; readonly value: string }
  /** Why an attempt cannot start, as ECS words it; never with a value. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Where jobs get the values of their secrets from, at the start of each attempt. */
export interface SecretValues {
  /** Rejects only for what is nobody's fault, such as a commit that failed. */
  resolve(request: SecretRequest): Promise<ResolvedSecret>;
}

export interface SecretValuesOptions {
  /** Calls another service, by its name and the operation's. */
  readonly invoke: <Output>(
    service: string,
    operation: string,
    input: unknown,
    context: RequestContext,
  ) => Promise<Output>;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Reads values from Secrets Manager and Parameter Store through their operations, as the principal that asks. */
export function createSecretValues(options: SecretValuesOptions): SecretValues {
  return {
    resolve: async (request) => {
      const reference = readReference(request.valueFrom, request.region);
      try {
        return await read(options, request, reference);
      } catch (error) {
        if (error instanceof ServiceError && error.status < 500) {
          return failed(reference, describeRefusal(reference, error));
        }
        throw error;
      }
    },
  };
}

async function read(
  { invoke, clock, random }: SecretValuesOptions,
  { principal, account, region, signal }: SecretRequest,
  reference: Reference,
): Promise<ResolvedSecret> {
  if (reference.kind === 'malformed') return failed(reference, reference.problem);
  const now = clock.now();
  const context: RequestContext = {
    ...{ account, principal, signal, now },
    region: reference.region || region,
    source: { kind: 'service', service: 'batch.amazonaws.com' },
    requestId: uuidV7(now, random),
  };
  if (reference.kind === 'parameter') {
    const input = { Names: [reference.name], WithDecryption: true };
    const { Parameters = [] } = await invoke<GetParametersResult>('ssm', 'GetParameters', input, context);
    const value = Parameters[0]?.Value;
    return value === undefined ? failed(reference, `invalid parameters: ${reference.name}`) : { kind: 'value', value };
  }
  const { secretId: SecretId, versionId: VersionId, versionStage: VersionStage } = reference;
  if (VersionId !== undefined && VersionStage !== undefined) {
    return failed(reference, 'version-stage and version-id cannot both be given');
  }
  const input = { SecretId, ...(VersionId && { VersionId }), ...(VersionStage && { VersionStage }) };
  const { SecretString } = await invoke<GetSecretValueResponse>('secretsmanager', 'GetSecretValue', input, context);
  if (SecretString === undefined) return failed(reference, `secret ${SecretId} is binary, and only text can be used`);
  return reference.jsonKey === undefined
    ? { kind: 'value', value: SecretString }
    : memberOf(reference, SecretString, reference.jsonKey);
}

/** What stands under a key of a secret's JSON: a text as it is, anything else as its JSON. */
function memberOf(reference: Reference, text: string, key: string): ResolvedSecret {
  const json = jsonOf(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return failed(reference, `the secret is not a JSON object, so it has no key ${key}`);
  }
  const value = Object.hasOwn(json, key) ? (json as Readonly<Record<string, unknown>>)[key] : undefined;
  if (value === undefined) {
    return failed(reference, `retrieved secret from Secrets Manager did not contain json key ${key}`);
  }
  return { kind: 'value', value: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** Where ECS says that it looked. */
const places: Readonly<Record<Reference['kind'], string>> = {
  secret: 'secret from asm',
  malformed: 'secret from asm',
  parameter: 'secrets from ssm',
};

/** As reported in terraform-aws-directus issue 10 and copilot-cli issue 3104. */
function failed(reference: Reference, why: string): ResolvedSecret {
  const reason =
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to ' +
    `retrieve ${places[reference.kind]}: service call has been retried 1 time(s): ${why}`;
  return { kind: 'failed', reason };
}

function describeRefusal(reference: Reference, { code, message }: ServiceError): string {
  const words = `${code}: ${message}`;
  return reference.kind === 'secret'
    ? `failed to fetch secret ${reference.secretId} from secrets manager: ${words}`
    : words;
}
