import {
  type AccessRequest,
  type AccessRequests,
  defineOperation,
  type Operation,
  type RefusedEntries,
  type RequestContext,
} from '../../core/operation.ts';
import { textOf, type Unvalidated } from '../../core/unvalidated.ts';
import { plainArn } from './names.ts';
import type { SecretRecord } from './records.ts';
import type { SecretsManagerRuntime } from './runtime.ts';
import { lookUpSecret } from './secrets.ts';

type Parts<Input, Output> = Omit<Operation<Input, Output>, 'kind' | 'access' | 'handler'> & {
  readonly access: (
    runtime: SecretsManagerRuntime,
    input: Unvalidated<Input>,
    context: RequestContext,
  ) => AccessRequests;
  readonly handler: (
    runtime: SecretsManagerRuntime,
    input: Input,
    context: RequestContext,
    refused: RefusedEntries,
  ) => Output | Promise<Output>;
};

/**
 * Declares an operation of Secrets Manager: `secretsOperation<SdkInput, SdkOutput>()({...})(runtime)`. Access is asked with
 * the runtime: the ARN of a secret that is named by its name ends with characters that only its record knows.
 */
export function secretsOperation<SdkInput, SdkOutput>() {
  type Output = Omit<SdkOutput, '$metadata'>;
  return <Input extends SdkInput>(parts: Parts<Input, Output>) =>
    (runtime: SecretsManagerRuntime): Operation<Input, Output> =>
      defineOperation<SdkInput, SdkOutput>()<Input>({
        ...parts,
        access: (input, context) => parts.access(runtime, input, context),
        handler: (input, context, refused) => parts.handler(runtime, input, context, refused),
      });
}

type Conditions = NonNullable<AccessRequest['conditions']>;

/** What is asked about one secret: its ARN, or one without random characters if there is none, and AWS's condition keys. */
export function secretRequest(
  { ledger }: SecretsManagerRuntime,
  context: RequestContext,
  action: string,
  secretId: unknown,
  conditions: Conditions = {},
): AccessRequest {
  const id = textOf(secretId) ?? '*';
  const secret = lookUpSecret(ledger, context, id);
  const resource = secret?.arn ?? (id.startsWith('arn:') ? id : plainArn(context, id));
  return {
    action: `secretsmanager:${action}`,
    resource,
    // Whoever may not ask is not told whether there is one, nor its random characters.
    shownAs: id,
    conditions: { 'secretsmanager:SecretId': resource, ...(secret && tagConditions(secret)), ...conditions },
    ...(secret?.policy !== undefined && { resourcePolicy: secret.policy }),
  };
}

function tagConditions({ tags }: SecretRecord): Conditions {
  const entries = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`secretsmanager:ResourceTag/${key}`, value],
  ]);
  return Object.fromEntries(entries);
}

/** Access to the secret that `SecretId` names, with condition keys by the texts of members. */
export function secretAccess(action: string, keys: Readonly<Record<string, string>> = {}) {
  return (
    runtime: SecretsManagerRuntime,
    input: { readonly SecretId?: unknown } & Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): AccessRequests => [secretRequest(runtime, context, action, input.SecretId, conditionsOf(input, keys))];
}

/** Condition keys from members, by member name: those that are there, as text. */
export function conditionsOf(
  input: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<string, string>>,
): Conditions {
  const found = Object.entries(keys).flatMap(([member, key]) => {
    const value = input[member];
    const text = typeof value === 'boolean' || typeof value === 'number' ? String(value) : textOf(value);
    return text === undefined ? [] : [[`secretsmanager:${key}`, text]];
  });
  return Object.fromEntries(found);
}

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string) {
  return (): AccessRequests => [{ action: `secretsmanager:${action}`, resource: '*' }];
}
