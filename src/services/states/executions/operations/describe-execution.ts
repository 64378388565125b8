import type { DescribeExecutionCommandInput, DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import type { StoredExecution } from '../../../../store/index.ts';
import { resourceAccess } from '../../access.ts';
import { includedData, longArn } from '../../shapes.ts';
import { shownStatus } from '../map-runs.ts';
import { resultOf } from '../records.ts';
import { type ExecutionRuntime, findDescribed, readsOf } from '../runtime.ts';
import { executionData, executionSummary } from './shared.ts';

const schema = z.object({ executionArn: longArn, includedData: includedData.optional() });

/** Tells all of a Standard execution but its history. */
export const describeExecution = serviceOperation<
  ExecutionRuntime,
  DescribeExecutionCommandInput,
  DescribeExecutionCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ executionArn }) => resourceAccess('DescribeExecution', executionArn),
  handler: async (runtime, input, context) => {
    const stored = await shownOf(runtime, await findDescribed(runtime, scopeOf(context), input.executionArn));
    const { record, state } = stored;
    const { output, ...failure } = resultOf(state.header as Parameters<typeof resultOf>[0]);
    const { traceHeader, mapRunArn, stateMachineVersionArn, stateMachineAliasArn } = record;
    return {
      ...executionSummary(record, state),
      ...executionData({ input: record.input, output }, input.includedData),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      ...(mapRunArn === undefined ? {} : { mapRunArn }),
      ...failure,
      ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
      ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
      redriveCount: state.redriveCount,
      ...(state.redrivenAt === undefined ? {} : { redriveDate: new Date(state.redrivenAt) }),
      ...redriveStatus(runtime, stored),
    };
  },
});

/** A child of a map run with the status that it has there. */
async function shownOf(runtime: ExecutionRuntime, stored: StoredExecution): Promise<StoredExecution> {
  const { record, state } = stored;
  const run = record.mapRunArn === undefined ? undefined : await readsOf(runtime).mapRun(record, record.mapRunArn);
  return run ? { ...stored, state: { ...state, status: shownStatus(run, stored) } } : stored;
}

function redriveStatus({ executions }: ExecutionRuntime, stored: StoredExecution) {
  const reason = executions.redriveRefusal(stored);
  if (reason !== undefined) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason } as const;
  const { mapRunArn } = stored.record;
  return { redriveStatus: mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' } as const;
}
