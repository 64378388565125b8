import type { InspectionData, TestStateOutput } from '@aws-sdk/client-sfn';
import type { Failure, Inspection, Json, State, StateTestResult } from '../../../../asl/index.ts';
import { invariant } from '../../../../core/errors.ts';
import { type ShownMember, shownMembers } from './shown-members.ts';

/** What a test was made of. */
export interface Tested {
  readonly state: State;
  /** The input as it was sent, and read. */
  readonly input: { readonly text: string; readonly value: Json };
  /** The mocked result as it was sent, and read. */
  readonly result?: { readonly text: string; readonly value: Json };
  /** What the task was told to fail with, or did. */
  readonly failure?: Failure | undefined;
  readonly inspectionLevel: 'INFO' | 'DEBUG' | 'TRACE';
}

/** What TestState answers. DEBUG and TRACE show the same, for what is served here. */
export function describeTest(result: StateTestResult, tested: Tested): TestStateOutput {
  const { failure, inspectionLevel } = tested;
  const { status, output, error = failure?.error, cause = failure?.cause, nextState } = result;
  invariant(status !== 'WAITING', 'a tested state was given all that it waits for');
  const failed = status !== 'SUCCEEDED';
  return {
    status,
    ...(output === undefined ? {} : { output: textOf(output, tested) }),
    ...(failed && error !== undefined ? { error } : {}),
    ...(failed && cause !== undefined ? { cause } : {}),
    ...(nextState === undefined ? {} : { nextState }),
    ...(inspectionLevel === 'INFO' ? {} : { inspectionData: inspect(result, tested) }),
  };
}

function inspect({ inspection, variables }: StateTestResult, tested: Tested): InspectionData {
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = inspection;
  return {
    input: tested.input.text,
    ...texts(inspection, tested),
    ...defined({ maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }),
    ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
    ...errorDetails(inspection),
  };
}

function texts(inspection: Inspection, tested: Tested): InspectionData {
  const shown = shownMembers(tested.state).flatMap((member): [ShownMember, string][] => {
    const value = inspection[member];
    return value === undefined ? [] : [[member, textOf(value, tested)]];
  });
  return Object.fromEntries(shown);
}

/** AWS carries the text that was sent as long as nothing is made of it (recorded); what a state makes is written anew. */
function textOf(value: Json, { input, result }: Tested): string {
  const isSame = typeof value === 'object' && value !== null;
  if (isSame && value === result?.value) return result.text;
  return isSame && value === input.value ? input.text : JSON.stringify(value);
}

function errorDetails({ catchIndex, retryIndex, retryBackoffIntervalSeconds }: Inspection): InspectionData {
  // The API has whole seconds.
  const seconds = retryBackoffIntervalSeconds === undefined ? undefined : Math.trunc(retryBackoffIntervalSeconds);
  const details = defined({ catchIndex, retryIndex, retryBackoffIntervalSeconds: seconds });
  return Object.keys(details).length === 0 ? {} : { errorDetails: details };
}

function defined<Members extends Readonly<Record<string, number | undefined>>>(members: Members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
