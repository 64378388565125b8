import type { IncludedData } from '@aws-sdk/client-sfn';
import type { ExecutionRecord, ExecutionState } from '../../../../store/index.ts';

/** Leaves out members that were not given. */
export function given<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

/** The members about input and output; none of them when only metadata are asked for. */
export function executionData(
  { input, output }: { readonly input: string; readonly output?: string | undefined },
  included: IncludedData = 'ALL_DATA',
) {
  if (included !== 'ALL_DATA') return {};
  const whole = { included: true };
  return { input, inputDetails: whole, ...(output === undefined ? {} : { output, outputDetails: whole }) };
}

/** What every description of an execution begins with. */
export function executionSummary(
  record: Pick<ExecutionRecord, 'arn' | 'stateMachineArn' | 'name' | 'startedAt'>,
  state: Pick<ExecutionState, 'status' | 'stoppedAt'>,
) {
  return {
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: state.status,
    startDate: new Date(record.startedAt),
    ...(state.stoppedAt === undefined ? {} : { stopDate: new Date(state.stoppedAt) }),
  };
}
