import type { StartSyncExecutionCommandInput, StartSyncExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { machineAccess } from '../../access.ts';
import { arn, includedData } from '../../shapes.ts';
import type { ExecutionRuntime } from '../runtime.ts';
import { executionData, given } from './shared.ts';

const schema = z.object({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: z.string().optional(),
  traceHeader: z.string().max(256).optional(),
  includedData: includedData.optional(),
});

/** AWS bills each begun 100 ms, of 64 MB at least. */
const billing = { milliseconds: 100, megabytes: 64 };

/** Runs an Express execution and answers with its outcome. */
export const startSyncExecution = serviceOperation<
  ExecutionRuntime,
  StartSyncExecutionCommandInput,
  StartSyncExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: { kind: 'data', hide: ['input'], hideAnswer: ['cause', 'error', 'output'] },
  access: ({ stateMachineArn }, context) => machineAccess('StartSyncExecution', context, stateMachineArn),
  handler: async ({ executions }, { stateMachineArn, includedData: included, ...request }, context) => {
    const scope = scopeOf(context);
    const runnable = executions.options.catalog.resolve(scope, stateMachineArn);
    const outcome = await executions.startSync(scope, { runnable, ...given(request) }, context.signal);
    const { input, output, ...rest } = outcome;
    const duration = outcome.stopDate.getTime() - outcome.startDate.getTime();
    return {
      ...rest,
      ...executionData({ input, output }, included),
      stateMachineArn: runnable.revision.stateMachineArn,
      ...(request.traceHeader === undefined ? {} : { traceHeader: request.traceHeader }),
      billingDetails: {
        billedMemoryUsedInMB: billing.megabytes,
        billedDurationInMilliseconds: Math.max(1, Math.ceil(duration / billing.milliseconds)) * billing.milliseconds,
      },
    };
  },
});
