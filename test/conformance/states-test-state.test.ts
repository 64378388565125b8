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
  assert.equal(wrong.message, "Mock result schema validation error: Required field 'JobName' is missing");
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

const inner = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
const map = { Type: 'Map', ItemsPath: '$.items', ItemProcessor: inner, End: true };
const items = { input: '{"items":[1,2]}', mock: { result: '["a", "b"]' } };

test('a Map that is tried fails for iterations that it does not tolerate', async () => {
  const processor = { ...inner, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
  const tolerant = { ...map, ItemProcessor: processor, ToleratedFailureCount: 1 };
  const after = (state: object, mapIterationFailureCount: number) =>
    run(state, { ...items, stateConfiguration: { mapIterationFailureCount } });
  assert.equal((await after(tolerant, 1)).status, 'SUCCEEDED');
  const failed = await after(tolerant, 2);
  assert.deepEqual([failed.status, failed.error], ['FAILED', 'States.ExceedToleratedFailureThreshold']);
  assert.deepEqual([(await after(map, 2)).status, (await after(map, 2)).output], ['SUCCEEDED', '["a", "b"]']);
  const caused = await run(map, {
    ...items,
    mock: { errorOutput: { error: 'E' } },
    stateConfiguration: { errorCausedByState: 'In' },
  });
  assert.deepEqual([caused.status, caused.error], ['FAILED', 'E']);
});

test('what is shown on the way is what AWS shows of a state of that type', async () => {
  const level = { inspectionLevel: 'DEBUG', input: '{"a": 1}' } as const;
  const pass = await run({ Type: 'Pass', End: true }, level);
  assert.deepEqual(Object.keys(pass.inspectionData ?? {}).sort(), [
    ...['afterInputPath', 'afterParameters', 'afterResultPath', 'afterResultSelector', 'input'],
  ]);
  assert.equal(pass.output, '{"a": 1}');
  const succeed = await run({ Type: 'Succeed', QueryLanguage: 'JSONata' }, { ...level, inspectionLevel: 'TRACE' });
  assert.deepEqual(succeed.inspectionData, { input: '{"a": 1}' });
  const iterated = await run({ ...map, ItemSelector: { 'v.$': '$$.Map.Item.Value' } }, { ...level, ...items });
  const { afterItemSelector, maxConcurrency, result } = iterated.inspectionData ?? {};
  assert.deepEqual([afterItemSelector, maxConcurrency, result], ['[{"v":1},{"v":2}]', 0, undefined]);
});

test('a service that is not served here can be mocked, and is checked by its own API', async () => {
  const get = {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:getItem',
    Parameters: { TableName: 't', Key: { id: { 'S.$': '$.id' } } },
    ResultSelector: { 'name.$': '$.Item.name.S' },
    End: true,
  };
  const mocked = (result: object) => ({ input: '{"id":"i"}', mock: { result: JSON.stringify(result) } });
  assert.equal((await run(get, mocked({ Item: { name: { S: 'n' } } }))).output, '{"name":"n"}');
  const wrong = await refusalOf(run(get, mocked({ Item: { name: { S: 1 } } })));
  assert.equal(wrong.message, "Mock result schema validation error: Field 'S' must be a string");
  const real = await run(get, { input: '{"id":"i"}', roleArn });
  assert.deepEqual([real.status, real.error], ['FAILED', 'DynamoDB.SdkClientException']);
  assert.match(real.cause ?? '', /^Amazon DynamoDB is not served by this Batchyard server/);
});

test('the data of an ItemReader is what its source would give', async () => {
  const ItemReader = {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
    Parameters: { Bucket: 'b', Key: 'k' },
  };
  const ItemProcessor = { ...inner, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
  const more = { mock: { result: '[]' }, stateConfiguration: { mapItemReaderData: 'id\n1\n2' } };
  const tried = await run({ Type: 'Map', ItemReader, ItemProcessor, End: true }, { ...more, inspectionLevel: 'DEBUG' });
  assert.equal(tried.inspectionData?.afterItemsPath, '[{"id":"1"},{"id":"2"}]');
});

test('a test that makes no sense is refused, in the words of AWS where they are known', async () => {
  const mock = { result: '{"JobId":"1","JobName":"j"}' };
  const refusals = [
    [
      run({ Type: 'Nonsense' }),
      'InvalidDefinition',
      /The field 'Type' should have one of these values: \[Task, Wait, Pass,/,
    ],
    [run({ Type: 'Succeed' }, { input: '{' }), 'InvalidExecutionInput', /./],
    [run(flaky), 'ValidationException', /^RoleArn must be specified when testing a Task state$/],
    [run(map, { input: '{}' }), 'InvalidDefinition', /^TestState API does not support Map or Parallel states\./],
    [
      run({ Type: 'Succeed' }, { mock }),
      'ValidationException',
      /^State type 'Succeed' is not supported when a mock is specified$/,
    ],
    [
      run(flaky, { mock, revealSecrets: true }),
      'ValidationException',
      /^TestState does not support RevealSecrets when a mock/,
    ],
    [
      run(flaky, { mock, context: '{"Map":{}}' }),
      'ValidationException',
      /^Invalid Context object provided: 'Map' field is not/,
    ],
    [run({ Type: 'Succeed' }, { context: '{}' }), 'ValidationException', /does not support Context when a mock is not/],
    [
      run({ Type: 'Succeed' }, { stateConfiguration: { mapItemReaderData: '[]' } }),
      'ValidationException',
      /MapItemReaderData/,
    ],
    [run({ Type: 'Succeed' }, { roleArn: `arn:aws:sns:${region}:${account}:t` }), 'InvalidArn', /./],
  ] as const;
  for (const [call, name, words] of refusals) {
    const refusal = await refusalOf(call);
    assert.equal(refusal.name, name);
    assert.match(refusal.message, words);
  }
});
