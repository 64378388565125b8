import type {
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { givenTagConditions } from '../../../core/tags.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import { secretRequest, secretsOperation } from '../operation.ts';
import { secretRecords } from '../records.ts';
import { findLiveSecret } from '../secrets.ts';
import { secretId } from '../shapes.ts';
import { tagList, withTags } from '../tags.ts';

export const tagResource = secretsOperation<TagResourceCommandInput, TagResourceCommandOutput>()({
  schema: z.object({ SecretId: secretId, Tags: tagList }),
  readOnly: false,
  audit: 'management',
  access: (runtime, input, context) => [
    secretRequest(runtime, context, 'TagResource', input.SecretId, givenTagConditions(input.Tags)),
  ],
  handler: ({ ledger }, input, context) => {
    const secret = findLiveSecret(ledger, context, input.SecretId);
    const tags = withTags(secret.tags, input.Tags);
    ledger.transact((transaction) => transaction.put(secretRecords, { ...secret, tags }));
    return {};
  },
});

export const untagResource = secretsOperation<UntagResourceCommandInput, UntagResourceCommandOutput>()({
  schema: z.object({ SecretId: secretId, TagKeys: z.array(z.string().min(1).max(128)) }),
  readOnly: false,
  audit: 'management',
  access: (runtime, input, context) => {
    const keys = textsOf(input.TagKeys);
    return [secretRequest(runtime, context, 'UntagResource', input.SecretId, { 'aws:TagKeys': keys })];
  },
  handler: ({ ledger }, { SecretId, TagKeys }, context) => {
    const secret = findLiveSecret(ledger, context, SecretId);
    const tags = Object.fromEntries(Object.entries(secret.tags).filter(([key]) => !TagKeys.includes(key)));
    ledger.transact((transaction) => transaction.put(secretRecords, { ...secret, tags }));
    return {};
  },
});
