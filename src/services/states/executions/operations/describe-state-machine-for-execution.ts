import type {
  DescribeStateMachineForExecutionCommandInput,
  DescribeStateMachineForExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { resourceAccess } from '../../access.ts';
import { describeRevision } from '../../machines/index.ts';
import { readArn } from '../../names.ts';
import { noExecution } from '../../refusals.ts';
import { includedData, longArn } from '../../shapes.ts';
import { type ExecutionRuntime, findDescribed } from '../runtime.ts';

const schema = z.object({ executionArn: longArn, includedData: includedData.optional() });

/** The state machine as it was when the execution began, whatever became of it since. */
export const describeStateMachineForExecution = serviceOperation<
  ExecutionRuntime,
  DescribeStateMachineForExecutionCommandInput,
  DescribeStateMachineForExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ executionArn }) => resourceAccess('DescribeStateMachineForExecution', executionArn),
  handler: async (runtime, input, context) => {
    const scope = scopeOf(context);
    const { record } = await findDescribed(runtime, scope, input.executionArn);
    const revision = runtime.executions.options.catalog.revision(scope, record.revisionId);
    if (!revision) return noExecution(record.arn);
    const { label } = readArn(scope, record.arn, 'execution', 'express');
    return {
      ...describeRevision(revision, input.includedData),
      stateMachineArn: record.stateMachineArn,
      updateDate: new Date(revision.createdAt),
      ...(record.mapRunArn === undefined ? {} : { mapRunArn: record.mapRunArn }),
      ...(label === undefined ? {} : { label }),
    };
  },
});
