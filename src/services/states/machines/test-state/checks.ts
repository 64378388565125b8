import type { State } from '../../../../asl/index.ts';
import { validationError } from '../../refusals.ts';
import type { TestStateRequest } from './request.ts';

/** Throws `ValidationException` for members that do not go with each other, or with the state under test. */
export function checkTest(state: State, request: TestStateRequest): void {
  if (request.mock) checkMock(state, request.mock);
  else checkReal(state, request);
  if (request.context !== undefined && !request.mock) {
    validationError('State context can only be specified when a mock is specified');
  }
  checkConfiguration(state, request);
}

const mockable: ReadonlySet<State['type']> = new Set(['Task', 'Map', 'Parallel']);

function checkMock({ type }: State, { result, errorOutput }: NonNullable<TestStateRequest['mock']>): void {
  if (!mockable.has(type)) {
    validationError(
      `State type '${type}' is not supported when a mock is specified. A mock can only be specified for Task, Map, or Parallel states.`,
    );
  }
  if ((result === undefined) === (errorOutput === undefined)) {
    validationError('A test mock should have exactly one of the following fields: [result, errorOutput].');
  }
  if (errorOutput && errorOutput.error === undefined) {
    validationError('The error of a mocked error output must be specified.');
  }
}

function checkReal(state: State, { roleArn }: TestStateRequest): void {
  if (state.type === 'Map' || state.type === 'Parallel') {
    validationError(`State type '${state.type}' is not supported when a mock is not specified.`);
  }
  if (state.type !== 'Task') return;
  const { resource } = state;
  if (resource.kind === 'activity' || (resource.kind === 'service' && resource.pattern !== 'request')) {
    validationError(`TestState supports the resource '${resource.arn}' only when a mock is specified.`);
  }
  if (roleArn === undefined) validationError('roleArn must be specified for a Task without a mock.');
}

function checkConfiguration(state: State, { definition, mock, stateConfiguration = {} }: TestStateRequest): void {
  const { retrierRetryCount, errorCausedByState, mapIterationFailureCount, mapItemReaderData } = stateConfiguration;
  if (retrierRetryCount !== undefined && (!mock?.errorOutput || !('retry' in state) || state.retry.length === 0)) {
    validationError('retrierRetryCount can only be specified with a mocked error, for a state with a Retry.');
  }
  if (errorCausedByState !== undefined) {
    const isContainer = state.type === 'Map' || state.type === 'Parallel';
    if (!isContainer || !mock?.errorOutput) {
      validationError('errorCausedByState can only be specified with a mocked error, for a Map or Parallel state.');
    }
    if (!namesInside(definition, state.name).has(errorCausedByState)) {
      validationError(`State '${errorCausedByState}' is not in the state under test.`);
    }
  }
  if (mapIterationFailureCount !== undefined && (state.type !== 'Map' || !mock)) {
    validationError('mapIterationFailureCount can only be specified for a Map state with a mock.');
  }
  if (mapItemReaderData !== undefined) {
    validationError('mapItemReaderData can only be specified for a Map state with an ItemReader.');
  }
}

type Nested = { readonly [name: string]: unknown };

/** The names of all states that the tested one contains. The definition has been parsed before: its shape is known. */
function namesInside(definition: string, tested: string): ReadonlySet<string> {
  const root = JSON.parse(definition) as Nested;
  const names = new Set<string>();
  for (const flow of innerFlows(find(root, tested) ?? root)) collect(flow, names);
  return names;
}

function find(flow: Nested, tested: string): Nested | undefined {
  for (const [name, state] of Object.entries((flow.States ?? {}) as Record<string, Nested>)) {
    if (name === tested) return state;
    for (const inner of innerFlows(state)) {
      const found = find(inner, tested);
      if (found) return found;
    }
  }
  return undefined;
}

function collect(flow: Nested, names: Set<string>): void {
  for (const [name, state] of Object.entries((flow.States ?? {}) as Record<string, Nested>)) {
    names.add(name);
    for (const inner of innerFlows(state)) collect(inner, names);
  }
}

function innerFlows({ Branches: branches = [], Iterator: iterator, ItemProcessor: processor }: Nested): Nested[] {
  return [...(branches as Nested[]), ...([iterator, processor].filter((flow) => flow !== undefined) as Nested[])];
}
