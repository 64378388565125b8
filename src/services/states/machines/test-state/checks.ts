import type { State } from '../../../../asl/index.ts';
import { invalidDefinition, validationError } from '../../refusals.ts';
import { statesInside } from './inner-states.ts';
import type { TestStateRequest } from './request.ts';

/**
 * Throws `ValidationException` for members that do not go with each other, or with the state under test, and AWS's
 * `InvalidDefinition` for a Map or Parallel without a mock. Where a sentence is not said to be recorded, it is ours.
 */
export function checkTest(state: State, request: TestStateRequest): void {
  if (request.mock) checkMock(state, request, request.mock);
  else checkReal(state, request);
  checkConfiguration(state, request);
}

const mockable: ReadonlySet<State['type']> = new Set(['Task', 'Map', 'Parallel']);

/** The first three sentences are recorded. */
function checkMock(
  { type }: State,
  { revealSecrets }: TestStateRequest,
  { result, errorOutput }: NonNullable<TestStateRequest['mock']>,
): void {
  if (!mockable.has(type)) validationError(`State type '${type}' is not supported when a mock is specified`);
  if (result !== undefined && errorOutput) {
    validationError('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (revealSecrets) validationError('TestState does not support RevealSecrets when a mock is specified.');
  if (result === undefined && !errorOutput) {
    validationError('A test mock should have one of the following fields: [result, errorOutput].');
  }
  if (errorOutput && errorOutput.error === undefined) {
    validationError('The error of a mocked error output must be specified.');
  }
}

/** The sentences about MapIterationFailureCount, the Map and the role are recorded; others follow the first of them. */
function checkReal(state: State, { roleArn, context, stateConfiguration = {} }: TestStateRequest): void {
  if (context !== undefined) withoutMock('Context');
  const [given] = Object.entries(stateConfiguration).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined) withoutMock(given.charAt(0).toUpperCase() + given.slice(1));
  if (state.type === 'Map' || state.type === 'Parallel') {
    invalidDefinition(
      'TestState API does not support Map or Parallel states. ' +
        'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    );
  }
  if (state.type !== 'Task') return;
  const { resource } = state;
  if (resource.kind === 'activity' || (resource.kind === 'service' && resource.pattern !== 'request')) {
    validationError(`TestState supports the resource '${resource.arn}' only when a mock is specified.`);
  }
  if (roleArn === undefined) validationError('RoleArn must be specified when testing a Task state');
}

function withoutMock(member: string): never {
  return validationError(`TestState does not support ${member} when a mock is not specified.`);
}

function checkConfiguration(
  state: State,
  { definition, stateName, mock, stateConfiguration = {} }: TestStateRequest,
): void {
  const { retrierRetryCount, errorCausedByState, mapIterationFailureCount, mapItemReaderData } = stateConfiguration;
  if (retrierRetryCount !== undefined && (!mock?.errorOutput || !('retry' in state) || state.retry.length === 0)) {
    validationError('RetrierRetryCount can only be specified with a mocked error, for a state with a Retry.');
  }
  if (errorCausedByState !== undefined) {
    const isContainer = state.type === 'Map' || state.type === 'Parallel';
    if (!isContainer || !mock?.errorOutput) {
      validationError('ErrorCausedByState can only be specified with a mocked error, for a Map or Parallel state.');
    }
    if (!statesInside(definition, stateName).has(errorCausedByState)) {
      validationError(`State '${errorCausedByState}' is not in the state under test.`);
    }
  }
  if (mapIterationFailureCount !== undefined && state.type !== 'Map') {
    validationError('MapIterationFailureCount can only be specified for a Map state.');
  }
  if (mapItemReaderData !== undefined && !(state.type === 'Map' && state.itemReader)) {
    validationError('MapItemReaderData can only be specified for a Map state with an ItemReader.');
  }
}
