import type { RedriveExecutionCommandInput, RedriveExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { resourceAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { longArn } from '../../shapes.ts';
import type { ExecutionRuntime } from '../runtime.ts';

const schema = z.object({
  executionArn: longArn,
  clientToken: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[!-~]+$/)
    .optional(),
});

/** Runs what failed of an execution again. A repeat with the same client token answers what the first did. */
export const redriveExecution = serviceOperation<
  ExecutionRuntime,
  RedriveExecutionCommandInput,
  RedriveExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ executionArn }) => resourceAccess('RedriveExecution', executionArn),
  handler: async ({ executions }, { executionArn, clientToken }, context) => {
    readArn(context, executionArn, 'execution');
    return { redriveDate: await executions.redrive(scopeOf(context), executionArn, clientToken) };
  },
});
