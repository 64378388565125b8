import { type Inspection, type Json, type State, type StateTest, stateErrors } from '../../../../asl/index.ts';
import { validationError } from '../../refusals.ts';
import { checkMockedResult } from './mock-shapes.ts';
import { readJson, type TestStateRequest } from './request.ts';

type Mock = NonNullable<StateTest['mock']>;

/** What the mock of a request does to the state. */
export function readMock(state: State, mock: NonNullable<TestStateRequest['mock']>): Mock {
  const { result: text, errorOutput, fieldValidationMode = 'STRICT' } = mock;
  if (errorOutput) return { failure: { error: errorOutput.error ?? '', cause: errorOutput.cause ?? '' } };
  const result = readJson('mock.result', text ?? 'null');
  if (state.type === 'Task') checkMockedResult(state.resource, result, fieldValidationMode);
  else if (!Array.isArray(result)) validationError(`The mocked result of a ${state.type} state must be an array.`);
  return { result };
}

/** How a Map state ends after so many of its iterations failed: as `mock` says, or because that is more than it tolerates. */
export function afterFailedIterations(mock: Mock, failed: number, inspection: Inspection): Mock {
  const items = itemCount(inspection.afterItemsPath);
  if (items !== undefined && failed > items) {
    validationError(`mapIterationFailureCount (${failed}) exceeds the number of items (${items}).`);
  }
  if (isTolerated(failed, items ?? failed, inspection)) return mock;
  const cause = 'The specified tolerated failure threshold was exceeded';
  return { failure: { error: stateErrors.exceedToleratedFailureThreshold, cause } };
}

function isTolerated(failed: number, items: number, inspection: Inspection): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = inspection;
  if (count === undefined && percentage === undefined) return failed === 0;
  if (count !== undefined && failed > count) return false;
  return percentage === undefined || failed * 100 <= percentage * items;
}

function itemCount(items: Json | undefined): number | undefined {
  if (Array.isArray(items)) return items.length;
  return typeof items === 'object' && items !== null ? Object.keys(items).length : undefined;
}
