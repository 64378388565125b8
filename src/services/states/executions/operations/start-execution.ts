import type { StartExecutionCommandInput, StartExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { arn } from '../../shapes.ts';
import type { ExecutionRuntime } from '../runtime.ts';
import { given } from './shared.ts';

const schema = z.object({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: z.string().optional(),
  traceHeader: z.string().max(256).optional(),
});

/** Starts an execution. With a name it is idempotent while that execution runs, as in AWS. */
export const startExecution = serviceOperation<
  ExecutionRuntime,
  StartExecutionCommandInput,
  StartExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['input'] },
  access: ({ stateMachineArn }, context) => machineAccess('StartExecution', context, stateMachineArn),
  handler: ({ executions }, { stateMachineArn, ...request }, context) => {
    const scope = scopeOf(context);
    return executions.start(scope, {
      runnable: executions.options.catalog.resolve(scope, stateMachineArn),
      ...given(request),
    });
  },
});
