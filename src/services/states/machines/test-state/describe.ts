import type { InspectionData, TestStateOutput } from '@aws-sdk/client-sfn';
import type { Failure, Inspection, Json, StateTestResult } from '../../../../asl/index.ts';
import { invariant } from '../../../../core/errors.ts';
import type { TestStateRequest } from './request.ts';

/** What TestState answers. `failure` is what the task was told to fail with, or did. */
export function describeTest(
  result: StateTestResult,
  { input, inspectionLevel = 'INFO' }: TestStateRequest,
  failure: Failure | undefined,
): TestStateOutput {
  const { status, output, error = failure?.error, cause = failure?.cause, nextState } = result;
  invariant(status !== 'WAITING', 'a tested state was given all that it waits for');
  const failed = status !== 'SUCCEEDED';
  return {
    status,
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(failed && error !== undefined ? { error } : {}),
    ...(failed && cause !== undefined ? { cause } : {}),
    ...(nextState === undefined ? {} : { nextState }),
    ...(inspectionLevel === 'INFO' ? {} : { inspectionData: inspect(result, input ?? '{}') }),
  };
}

function inspect({ inspection, variables }: StateTestResult, input: string): InspectionData {
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = inspection;
  return {
    input,
    ...texts(inspection),
    ...defined({ maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }),
    ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
    ...errorDetails(inspection),
  };
}

const textMembers = [
  'afterArguments',
  'afterInputPath',
  'afterParameters',
  'afterItemsPath',
  'result',
  'afterResultSelector',
  'afterResultPath',
] as const;

function texts(inspection: Inspection): InspectionData {
  const given = textMembers.filter((member) => inspection[member] !== undefined);
  return Object.fromEntries(given.map((member) => [member, JSON.stringify(inspection[member] as Json)]));
}

function errorDetails({ catchIndex, retryIndex, retryBackoffIntervalSeconds }: Inspection): InspectionData {
  const details = defined({ catchIndex, retryIndex, retryBackoffIntervalSeconds });
  return Object.keys(details).length === 0 ? {} : { errorDetails: details };
}

function defined<Members extends Readonly<Record<string, number | undefined>>>(members: Members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
