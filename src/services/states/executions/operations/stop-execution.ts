import type { StopExecutionCommandInput, StopExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { resourceAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { longArn } from '../../shapes.ts';
import type { ExecutionRuntime } from '../runtime.ts';
import { given } from './shared.ts';

const schema = z.object({
  executionArn: longArn,
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});

/** Stops an execution and what it runs. One that has ended stays as it is, and the call succeeds. */
export const stopExecution = serviceOperation<
  ExecutionRuntime,
  StopExecutionCommandInput,
  StopExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['cause', 'error'] },
  access: ({ executionArn }) => resourceAccess('StopExecution', executionArn),
  handler: async ({ executions }, { executionArn, ...reason }, context) => {
    readArn(context, executionArn, 'execution');
    return { stopDate: await executions.stop(scopeOf(context), executionArn, given(reason)) };
  },
});
