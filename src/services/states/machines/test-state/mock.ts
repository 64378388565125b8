import {
  type Inspection,
  type Json,
  type Resource,
  type State,
  type StateTest,
  stateErrors,
} from '../../../../asl/index.ts';
import { findIntegration, resultProblem } from '../../apis/index.ts';
import { validationError } from '../../refusals.ts';
import { readJson, type TestStateRequest } from './request.ts';

type Mock = NonNullable<StateTest['mock']>;

/** What the mock of a request does to the state. Throws `ValidationException`, in recorded words. */
export async function readMock(state: State, mock: NonNullable<TestStateRequest['mock']>): Promise<Mock> {
  const { result: text, errorOutput, fieldValidationMode: mode = 'STRICT' } = mock;
  if (errorOutput) return { failure: { error: errorOutput.error ?? '', cause: errorOutput.cause ?? '' } };
  const result = readJson('Mocked result', text ?? '');
  if (state.type === 'Task' && mode !== 'NONE') await checkResult(state.resource, result, mode);
  if (state.type === 'Map') checkMapResult(result, state.resultWriter !== undefined);
  if (state.type === 'Parallel') checkParallelResult(result, state.branches.length);
  return { result };
}

function checkMapResult(result: Json, isWritten: boolean): void {
  // What a ResultWriter leaves is a description of where the results are.
  if (isWritten) checkObject(result);
  else checkArray(result);
}

function checkParallelResult(result: Json, branches: number): void {
  checkArray(result);
  if (result.length !== branches) {
    validationError('Mocked result must contain the same number of items as number of Parallel branches.');
  }
}

/** Checks a mocked result against the model of the API that it stands for. */
async function checkResult(resource: Resource, result: Json, mode: 'STRICT' | 'PRESENT'): Promise<void> {
  // What a token brings back, an activity or a function answers, is anything.
  if (resource.kind !== 'service' || resource.pattern === 'waitForTaskToken') return;
  const integration = await findIntegration(resource);
  const shape = resource.pattern === 'request' ? integration?.output : integration?.job;
  if (!shape) return;
  checkObject(result);
  const problem = resultProblem(shape, result, mode);
  if (problem !== undefined) validationError(`Mock result schema validation error: ${problem}`);
}

function checkArray(result: Json): asserts result is readonly Json[] {
  if (!Array.isArray(result)) validationError('Mocked result must be an array.');
}

function checkObject(result: Json): void {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  if (!isObject) validationError('Mocked result must be a JSON object.');
}

/**
 * How a Map state ends after so many of its iterations failed: as `mock` says, or because that is more than it tolerates. One
 * that says nothing of tolerance ends as the mock says, and a mocked error is the mock's own (recorded).
 */
export function afterFailedIterations(mock: Mock, failed: number, inspection: Inspection): Mock {
  const iterations = count(inspection.afterItemBatcher) ?? count(inspection.afterItemsPath) ?? 0;
  if (failed > iterations) {
    validationError('Map iteration failure count must be less than or equal to the number of Map iterations');
  }
  if ('failure' in mock || isTolerated(failed, iterations, inspection)) return mock;
  const cause = 'The specified tolerated failure threshold was exceeded';
  return { failure: { error: stateErrors.exceedToleratedFailureThreshold, cause } };
}

function isTolerated(failed: number, iterations: number, inspection: Inspection): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = inspection;
  if (count !== undefined && failed > count) return false;
  return percentage === undefined || failed * 100 <= percentage * iterations;
}

function count(items: Json | undefined): number | undefined {
  return Array.isArray(items) ? items.length : undefined;
}
