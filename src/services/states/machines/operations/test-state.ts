import type { TestStateCommandInput, TestStateCommandOutput } from '@aws-sdk/client-sfn';
import {
  rootFrame,
  type State,
  type StateTest,
  type StateTestResult,
  testState as testAlone,
} from '../../../../asl/index.ts';
import { type Scope, scopeOf } from '../../../../core/arn.ts';
import { type RequestContext, serviceOperation } from '../../../../core/operation.ts';
import { uuidV7 } from '../../../../core/random.ts';
import { isTrue } from '../../../../core/unvalidated.ts';
import type { TaskCall } from '../../contract.ts';
import { stateMachineArn, testArn } from '../../names.ts';
import { definitionBody } from '../../shapes.ts';
import { passRole } from '../access.ts';
import { checkRole } from '../configuration.ts';
import { requestEvaluator } from '../definition.ts';
import type { MachineRuntime } from '../runtime.ts';
import { callTask } from '../test-state/call.ts';
import { checkTest } from '../test-state/checks.ts';
import { readContext } from '../test-state/context.ts';
import { describeTest } from '../test-state/describe.ts';
import { readItemData } from '../test-state/item-reader.ts';
import { afterFailedIterations, readMock } from '../test-state/mock.ts';
import {
  readInput,
  readObject,
  readTestedState,
  testStateSchema as schema,
  type TestStateRequest,
} from '../test-state/request.ts';

/**
 * Runs one state alone and shows what it makes of its input. With a mock nothing is called; without one, a Task really is.
 * Waits are not waited for.
 */
export const testState = serviceOperation<
  MachineRuntime,
  TestStateCommandInput,
  TestStateCommandOutput
>()<TestStateRequest>({
  schema,
  readOnly: false,
  audit: {
    kind: 'management',
    hide: ['context', 'definition', 'input', 'mock', 'variables'],
    hideAnswer: ['cause', 'error', 'inspectionData', 'output'],
  },
  maxBody: definitionBody,
  access: ({ roleArn, revealSecrets }) => [
    { action: 'states:TestState', resource: '*' },
    ...(isTrue(revealSecrets) ? [{ action: 'states:RevealSecrets', resource: '*' }] : []),
    ...passRole(roleArn, undefined),
  ],
  handler: async (runtime, request, context) => {
    if (request.roleArn !== undefined)
      checkRole(runtime, { ...scopeOf(context), arn: stateMachineArn(context, 'test') }, request.roleArn);
    const { state, checkTask } = await readTestedState(runtime, request);
    checkTest(state, request);
    await checkTask();
    const test = prepare(runtime, state, request, scopeOf(context));
    const mock = await findMock(runtime, test, request, context);
    const result = await testAlone({ ...test, ...(mock && { mock }) });
    const mocked = mock && 'result' in mock ? mock.result : undefined;
    return describeTest(result, {
      state,
      input: { text: request.input ?? '{}', value: test.input },
      ...(mocked === undefined
        ? {}
        : { result: { text: request.mock?.result ?? JSON.stringify(mocked), value: mocked } }),
      failure: mock && 'failure' in mock ? mock.failure : undefined,
      inspectionLevel: request.inspectionLevel ?? 'INFO',
    });
  },
});

function prepare(runtime: MachineRuntime, state: State, request: TestStateRequest, scope: Scope): StateTest {
  const { clock, random, integrations } = runtime;
  const at = clock.now();
  const name = uuidV7(at, random);
  // A state machine of its own for each test (recorded).
  const machine = uuidV7(at, random);
  const input = readInput(request.input);
  const variables = readObject('Variables', request.variables);
  const context = readContext(request);
  const { retrierRetryCount = 0, mapItemReaderData: itemData } = request.stateConfiguration ?? {};
  return {
    state,
    input,
    ...(variables && { variables }),
    ...(context && { context }),
    retriesMade: retrierRetryCount,
    info: {
      id: testArn(scope, machine, name),
      name,
      roleArn: request.roleArn ?? null,
      stateMachineId: stateMachineArn(scope, machine),
      stateMachineName: machine,
      region: scope.region,
      input,
      isRedrivable: false,
    },
    at,
    seed: name,
    evaluator: requestEvaluator(runtime),
    checkArguments: (resource, given) => integrations.checkArguments(resource, given),
    ...(itemData === undefined ? {} : { readItems: (configuration) => readItemData(itemData, configuration) }),
  };
}

/** What ends the state's work: the request's mock, or the outcome of really calling what a Task names. */
async function findMock(
  runtime: MachineRuntime,
  test: StateTest,
  { mock, stateConfiguration }: TestStateRequest,
  context: RequestContext,
): Promise<StateTest['mock']> {
  const { state } = test;
  const failedIterations = stateConfiguration?.mapIterationFailureCount;
  if (mock) {
    const read = await readMock(state, mock);
    if (failedIterations === undefined) return read;
    return afterFailedIterations(read, failedIterations, (await testAlone(test)).inspection);
  }
  if (state.type !== 'Task') return undefined;
  const begun = await testAlone(test);
  if (begun.status !== 'WAITING') return undefined;
  const { integrations, clock } = runtime;
  return callTask({ integrations, clock, signal: context.signal }, callOf(test, begun, state, context));
}

function callOf(
  { info, seed, input }: StateTest,
  { inspection, credentials }: StateTestResult,
  { name, resource }: Extract<State, { type: 'Task' }>,
  scope: Scope,
): TaskCall {
  return {
    ...scopeOf(scope),
    executionArn: info.id,
    stateMachineArn: info.stateMachineId,
    roleArn: info.roleArn ?? '',
    stateName: name,
    task: { frame: rootFrame, entry: 1, attempt: 0 },
    key: `test-state/${seed}`,
    resource,
    arguments: inspection.afterParameters ?? input,
    ...(credentials === undefined ? {} : { credentials }),
  };
}
