import type {
  APIErrorType,
  BatchGetSecretValueCommandInput,
  BatchGetSecretValueCommandOutput,
  SecretValueEntry,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { AccessRequest, RefusedEntries, RequestContext } from '../../../core/operation.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import { filterList, passesFilters } from '../filters.ts';
import { quotas } from '../limits.ts';
import { secretRequest, secretsOperation } from '../operation.ts';
import { secretPage } from '../page.ts';
import type { SecretRecord } from '../records.ts';
import { invalidParameter } from '../refusals.ts';
import type { SecretsManagerRuntime } from '../runtime.ts';
import { findLiveSecret } from '../secrets.ts';
import { nextToken, secretId } from '../shapes.ts';
import { findVersion } from '../versions.ts';
import { valueEntry } from '../views.ts';

const schema = z.object({
  SecretIdList: z.array(secretId).min(1).max(quotas.batch).optional(),
  Filters: filterList.optional(),
  MaxResults: z.number().int().min(1).max(quotas.batch).optional(),
  NextToken: nextToken.optional(),
});

/** The current values of secrets that are named or that filters find; what cannot be answered is an entry of `Errors`. */
export const batchGetSecretValue = secretsOperation<
  BatchGetSecretValueCommandInput,
  BatchGetSecretValueCommandOutput
>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: (runtime, { SecretIdList, Filters }, context) => {
    const whole: AccessRequest[] = [{ action: 'secretsmanager:BatchGetSecretValue', resource: '*' }];
    if (Filters !== undefined) whole.push({ action: 'secretsmanager:ListSecrets', resource: '*' });
    const named = textsOf(SecretIdList).map((id) => entryRequest(runtime, context, id));
    // What filters will find is not known yet: whoever may not read all secrets may not read any of them so.
    return Filters === undefined ? [...whole, ...named] : [...whole, entryRequest(runtime, context, '*')];
  },
  handler: (runtime, input, context, refused) => {
    if ((input.SecretIdList === undefined) === (input.Filters === undefined)) {
      throw invalidParameter('Either SecretIdList or Filters must be provided, but not both.');
    }
    if (input.SecretIdList) return entriesOf(runtime, context, input.SecretIdList, refused);
    const { Filters = [], MaxResults: size = quotas.batch, NextToken: token } = input;
    const order = { by: 'name', descending: false } as const;
    const passes = (secret: SecretRecord) => secret.deletedAt === undefined && passesFilters(secret, Filters);
    const page = secretPage(runtime.ledger, context, { order, size, token, passes });
    const ids = page.items.map(({ arn }) => arn);
    const reason = refused.get('*');
    const all = reason === undefined ? refused : new Map(ids.map((id) => [id, reason]));
    const answer = entriesOf(runtime, context, ids, all);
    return page.nextToken === undefined ? answer : { ...answer, NextToken: page.nextToken };
  },
});

function entryRequest(runtime: SecretsManagerRuntime, context: RequestContext, id: string): AccessRequest {
  return { ...secretRequest(runtime, context, 'GetSecretValue', id), entry: id };
}

function entriesOf(
  runtime: SecretsManagerRuntime,
  context: RequestContext,
  ids: readonly string[],
  refused: RefusedEntries,
): { SecretValues: SecretValueEntry[]; Errors: APIErrorType[] } {
  const SecretValues: SecretValueEntry[] = [];
  const Errors: APIErrorType[] = [];
  for (const SecretId of ids) {
    const denied = refused.get(SecretId);
    if (denied !== undefined) {
      Errors.push({ SecretId, ErrorCode: 'AccessDeniedException', Message: denied });
      continue;
    }
    try {
      const secret = findLiveSecret(runtime.ledger, context, SecretId);
      SecretValues.push(valueEntry(runtime, secret, findVersion(runtime.ledger, secret, {})));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues, Errors };
}
