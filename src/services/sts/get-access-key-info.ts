import type { GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { defineOperation } from '../../core/operation.ts';
import type { StsRuntime } from './runtime.ts';

/** Tells whose an access key is. Temporary ones are not stored: those of their form are taken for ours, as none else are good here. */
export function getAccessKeyInfo({ isKey }: StsRuntime) {
  return defineOperation<GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput>()({
    schema: z.object({
      AccessKeyId: z.string().min(16).max(128).regex(/^\w*$/),
    }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'sts:GetAccessKeyInfo', resource: '*' }],
    handler: ({ AccessKeyId: id }, { account }) => {
      if (isKey(account, id) || /^ASIA[A-Z2-7]{16}$/.test(id)) return { Account: account };
      // No words are reported of AWS, which knows the keys of all accounts.
      throw new ServiceError('ValidationError', `The access key ${id} does not exist`);
    },
  });
}
