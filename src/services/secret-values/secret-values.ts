import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { GetParametersResult } from '@aws-sdk/client-ssm';
import type { Clock } from '../../core/clock.ts';
import { CommitFailed, ServiceError } from '../../core/errors.ts';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Invoke } from '../../core/invoke.ts';
import type { Logger } from '../../core/logger.ts';
import type { RequestContext } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import { checkAssumable, ecsFor, type MayUseRole, rolePrincipal, servicePrincipal } from '../../iam/index.ts';
import { failed, notAssumed, notUsable, refusedBy, type Unresolved, type Wanted } from './failures.ts';
import { Reads } from './reads.ts';
import {
  type ParameterReference,
  type Reference,
  readCredentialsReference,
  readReference,
  type SecretReference,
} from './references.ts';
import { loginOf, memberOf, type ResolvedLogin, type ResolvedSecret } from './select.ts';

/** Who wants values. */
export interface SecretsRequest {
  readonly account: AccountId;
  /** The job's. */
  readonly region: Region;
  /** ARN of the execution role: a session of it asks, its permissions decide, and it stands in the audit. */
  readonly executionRole: string;
  /** The id of the task, as ECS names such sessions. */
  readonly sessionName: string;
}

/** The values that one attempt asks for. */
export interface SecretReader {
  /**
   * The value of a `valueFrom`: the ARN of a secret, with or without json-key:version-stage:version-id, or name or ARN of a
   * parameter. Rejects with `CommitFailed` alone: memory is being rebuilt, and the attempt is told to start again.
   */
  value(valueFrom: string): Promise<ResolvedSecret>;
  /** The login of a private registry, by name or ARN of its secret. Rejects as `value` does. */
  login(credentialsParameter: string): Promise<ResolvedLogin>;
}

/** Where jobs get the values of their secrets from, at the start of each attempt. */
export interface SecretValues {
  /** A reader for one attempt: what it names twice is read once, so that two keys of a secret are of one version of it. */
  reader(request: SecretsRequest): SecretReader;
  /** Why ECS cannot use a role for a task, in its words: the role trusts it not. */
  roleRefusal(request: Omit<SecretsRequest, 'executionRole'>, roleArn: string): string | undefined;
}

export interface SecretValuesOptions {
  /** Calls another service, by its name and the operation's. */
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Whether a task may use a role. */
  readonly mayUse: MayUseRole;
}

/** Reads values from Secrets Manager and Parameter Store through their operations, as the principal that asks. */
export function createSecretValues(options: SecretValuesOptions): SecretValues {
  const reads = new Reads(options.clock);
  return {
    reader: (request) => new AttemptReader(options, reads, request),
    roleRefusal: (request, roleArn) => (isUsable(options, request, roleArn) ? undefined : notUsable(roleArn)),
  };
}

const service = 'batch.amazonaws.com';

/** Whether ECS may use a role for the task. */
function isUsable(
  { mayUse, clock }: SecretValuesOptions,
  { account, region, sessionName: taskId }: Omit<SecretsRequest, 'executionRole'>,
  roleArn: string,
): boolean {
  const source = ecsFor({ account, region, taskId });
  const principal = servicePrincipal(account, source.service);
  return mayUse({ account, region, principal, source, now: clock.now() }, roleArn);
}

/** The whole text of what was read. */
type Text = { readonly kind: 'text'; readonly text: string } | Unresolved;

class AttemptReader implements SecretReader {
  readonly #options: SecretValuesOptions;
  readonly #reads: Reads;
  readonly #request: SecretsRequest;
  readonly #texts = new Map<string, Promise<Text>>();

  constructor(options: SecretValuesOptions, reads: Reads, request: SecretsRequest) {
    this.#options = options;
    this.#reads = reads;
    this.#request = request;
  }

  async value(valueFrom: string): Promise<ResolvedSecret> {
    const reference = readReference(valueFrom, this.#request.region);
    const read = await this.#text(reference, reference.kind === 'parameter' ? 'parameter' : 'secret');
    if (read.kind === 'failed') return read;
    const key = reference.kind === 'secret' ? reference.jsonKey : undefined;
    return key === undefined ? { kind: 'value', value: read.text } : memberOf(read.text, key);
  }

  async login(credentialsParameter: string): Promise<ResolvedLogin> {
    const reference = readCredentialsReference(credentialsParameter, this.#request.region);
    const read = await this.#text(reference, 'login');
    return read.kind === 'failed' ? read : loginOf(credentialsParameter, read.text);
  }

  #text(reference: Reference, wanted: Wanted): Promise<Text> {
    if (reference.kind === 'malformed') return Promise.resolve(failed(wanted, reference.problem));
    const name = JSON.stringify([wanted, ...wholeOf(reference)]);
    const text = this.#texts.get(name) ?? this.#read(reference, wanted);
    this.#texts.set(name, text);
    return text;
  }

  async #read(reference: SecretReference | ParameterReference, wanted: Wanted): Promise<Text> {
    const id = reference.kind === 'secret' ? reference.secretId : reference.name;
    const principal = this.#session();
    if (!principal) return notAssumed(this.#request.executionRole);
    try {
      return await this.#reads.take((signal) => {
        const context = this.#context(principal, reference.region, signal);
        if (reference.kind === 'parameter') return readParameter(this.#options, reference, context);
        return readSecret(this.#options, reference, wanted, context);
      });
    } catch (error) {
      if (error instanceof CommitFailed) throw error;
      if (error instanceof ServiceError) return refusedBy(wanted, id, error);
      // Its message may be of what was read.
      const name = error instanceof Error ? error.name : typeof error;
      this.#options.logger.error({ id, error: name }, 'a secret of a job could not be read for an internal error');
      return refusedBy(
        wanted,
        id,
        new ServiceError('InternalServiceError', 'An internal error occurred', { status: 500 }),
      );
    }
  }

  /** Undefined for a role that Batch cannot assume. */
  #session(): Principal | undefined {
    const { account, region, executionRole, sessionName } = this.#request;
    try {
      const roleArn = checkAssumable(executionRole, { account, principal: servicePrincipal(account, service) });
      if (!isUsable(this.#options, this.#request, roleArn)) return undefined;
      const borrower = ecsFor({ account, region, taskId: sessionName });
      return rolePrincipal({ account, roleArn, sessionName, use: { kind: 'task-execution' }, borrower });
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }

  #context(principal: Principal, region: Region, signal: AbortSignal): RequestContext {
    const { clock, random } = this.#options;
    const { account } = this.#request;
    const now = clock.now();
    const source = { kind: 'service', service } as const;
    return { account, region, principal, signal, now, source, requestId: uuidV7(now, random) };
  }
}

/** What is read for a reference, whichever part of it is asked for. */
function wholeOf(reference: SecretReference | ParameterReference): readonly (string | undefined)[] {
  if (reference.kind === 'parameter') return [reference.region, reference.name];
  const { region, secretId, versionStage, versionId } = reference;
  return [region, secretId, versionStage, versionId];
}

async function readParameter(
  { invoke }: SecretValuesOptions,
  { name }: ParameterReference,
  context: RequestContext,
): Promise<Text> {
  const input = { Names: [name], WithDecryption: true };
  const { Parameters = [] } = await invoke<GetParametersResult>('ssm', 'GetParameters', input, context);
  const text = Parameters[0]?.Value;
  return text === undefined ? failed('parameter', `invalid parameters: ${name}`) : { kind: 'text', text };
}

async function readSecret(
  { invoke }: SecretValuesOptions,
  { secretId: SecretId, versionId: VersionId, versionStage: VersionStage }: SecretReference,
  wanted: Wanted,
  context: RequestContext,
): Promise<Text> {
  if (VersionId !== undefined && VersionStage !== undefined) {
    return failed(wanted, 'version-stage and version-id cannot both be given');
  }
  const input = { SecretId, ...(VersionId && { VersionId }), ...(VersionStage && { VersionStage }) };
  const { SecretString } = await invoke<GetSecretValueResponse>('secretsmanager', 'GetSecretValue', input, context);
  if (SecretString === undefined) return failed(wanted, `secret ${SecretId} is binary, and only text can be used`);
  return { kind: 'text', text: SecretString };
}
