import type {
  DecodeAuthorizationMessageCommandInput,
  DecodeAuthorizationMessageCommandOutput,
} from '@aws-sdk/client-sts';
import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { defineOperation } from '../../core/operation.ts';

/** Denials of this server say in words what lacks, and encode nothing: no message is one that it could decode. */
export const decodeAuthorizationMessage = defineOperation<
  DecodeAuthorizationMessageCommandInput,
  DecodeAuthorizationMessageCommandOutput
>()({
  schema: z.object({ EncodedMessage: z.string().min(1).max(10_240) }),
  readOnly: true,
  audit: { kind: 'management', hide: ['EncodedMessage'] },
  access: () => [{ action: 'sts:DecodeAuthorizationMessage', resource: '*' }],
  handler: () => {
    // The code is AWS's. No words are reported of it.
    throw new ServiceError('InvalidAuthorizationMessageException', 'Message is not valid');
  },
});
