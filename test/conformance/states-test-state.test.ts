import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestStateCommand, type TestStateCommandInput } from '@aws-sdk/client-sfn';
import { account, openYard, refusalOf, region } from './yard.ts';

const { states } = await openYard();
const roleArn = `arn:aws:iam::${account}:role/StatesRole`;

function run(state: object, more: Partial<TestStateCommandInput> = {}) {
  return states.send(new TestStateCommand({ definition: JSON.stringify(state), ...more }));
}

const flaky = {
  Type: 'Task',
  Resource: 'arn:aws:states:::batch:submitJob',
  Parameters: { JobName: 'tested', JobQueue: 'no-such-queue', 'JobDefinition.$': '$.definition' },
  Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }],
  Next: 'After',
};

test('a state is tried alone, and its data shown on the way', async () => {
  const state = { Type: 'Pass', Assign: { seen: true }, Parameters: { 'got.$': '$v' }, ResultPath: '$.at', Next: 'B' };
  const tried = await run(state, { input: '{"a":1}', variables: '{"v":2}', inspectionLevel: 'DEBUG' });
  assert.deepEqual([tried.status, tried.output, tried.nextState], ['SUCCEEDED', '{"a":1,"at":{"got":2}}', 'B']);
  const { afterInputPath, afterParameters, variables } = tried.inspectionData ?? {};
  assert.deepEqual([afterInputPath, afterParameters], ['{"a":1}', '{"got":2}']);
  assert.deepEqual(JSON.parse(variables ?? ''), { v: 2, seen: true });
  assert.equal((await run(state, { variables: '{"v":2}' })).inspectionData, undefined);
});

test('a state of a whole state machine is tried by its name', async () => {
  const machine = {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Result: 7, End: true } },
  };
  assert.equal((await run(machine, { stateName: 'B' })).output, '7');
});

test('a task that is tried is really called: what the service refuses is caught', async () => {
  const tried = await run(flaky, { input: '{"definition":"d"}', roleArn });
  assert.deepEqual([tried.status, tried.nextState, tried.error], ['CAUGHT_ERROR', 'Rescue', 'Batch.ClientException']);
});

test('a mock stands in for the call', async () => {
  const mock = { result: '{"JobId":"1","JobName":"tested"}' };
  const context = '{"Execution":{"Name":"mine"}}';
  const state = { ...flaky, Parameters: { ...flaky.Parameters, 'JobName.$': '$$.Execution.Name' } };
  const { JobName: _, ...parameters } = state.Parameters;
  const more = { input: '{"definition":"d"}', mock, context, inspectionLevel: 'TRACE' } as const;
  const tried = await run({ ...state, Parameters: parameters }, more);
  assert.deepEqual([tried.status, tried.output], ['SUCCEEDED', '{"JobId":"1","JobName":"tested"}']);
  assert.match(tried.inspectionData?.afterParameters ?? '', /"JobName":"mine"/);
  const wrong = await refusalOf(run(flaky, { input: '{"definition":"d"}', mock: { result: '{}' } }));
  assert.equal(wrong.name, 'ValidationException');
  assert.match(wrong.message, /Required field 'JobId' is missing/);
  const loose = { result: '{}', fieldValidationMode: 'NONE' } as const;
  assert.equal((await run(flaky, { input: '{"definition":"d"}', mock: loose })).output, '{}');
});

test('a mocked error is retried as the retrier says, then caught', async () => {
  const tryAgain = (retrierRetryCount: number) =>
    run(flaky, {
      input: '{"definition":"d"}',
      mock: { errorOutput: { error: 'Busy', cause: 'why' } },
      stateConfiguration: { retrierRetryCount },
      inspectionLevel: 'DEBUG',
    });
  const first = await tryAgain(1);
  assert.deepEqual([first.status, first.error, first.cause], ['RETRIABLE', 'Busy', 'why']);
  assert.deepEqual(first.inspectionData?.errorDetails, { retryIndex: 0, retryBackoffIntervalSeconds: 6 });
  assert.equal((await tryAgain(2)).status, 'CAUGHT_ERROR');
});

test('a Map that is tried fails for iterations that it does not tolerate', async () => {
  const map = {
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } },
    End: true,
  };
  const after = (mapIterationFailureCount: number) =>
    run(map, { input: '{"items":[1,2]}', mock: { result: '[1,2]' }, stateConfiguration: { mapIterationFailureCount } });
  assert.equal((await after(0)).status, 'SUCCEEDED');
  const failed = await after(1);
  assert.deepEqual([failed.status, failed.error], ['FAILED', 'States.ExceedToleratedFailureThreshold']);
  const caused = await run(map, {
    input: '{"items":[1,2]}',
    mock: { errorOutput: { error: 'E' } },
    stateConfiguration: { errorCausedByState: 'In' },
  });
  assert.deepEqual([caused.status, caused.error], ['FAILED', 'E']);
});

test('a test that makes no sense is refused', async () => {
  const refusals = [
    [run({ Type: 'Nonsense' }), 'InvalidDefinition'],
    [run({ Type: 'Succeed' }, { input: '{' }), 'InvalidExecutionInput'],
    [run(flaky), 'ValidationException'],
    [run({ Type: 'Succeed' }, { mock: { result: '1' } }), 'ValidationException'],
    [run({ Type: 'Succeed' }, { context: '{}' }), 'ValidationException'],
    [run({ Type: 'Succeed' }, { stateConfiguration: { mapItemReaderData: '[]' } }), 'ValidationException'],
    [run({ Type: 'Succeed' }, { roleArn: `arn:aws:sns:${region}:${account}:t` }), 'InvalidArn'],
  ] as const;
  for (const [call, name] of refusals) assert.equal((await refusalOf(call)).name, name);
});
