import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { defineOperation } from '../../core/operation.ts';

/** Needs no permission: AWS answers it even to those who are denied it. */
export const getCallerIdentity = defineOperation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput>()({
  schema: z.object({}),
  readOnly: true,
  audit: 'management',
  access: () => [],
  handler: (_input, { principal }) => ({ UserId: principal.userId, Account: principal.account, Arn: principal.arn }),
});
