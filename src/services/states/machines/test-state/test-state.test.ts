import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, roleArn } from '../../states.fixture.ts';

const publish = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sns:publish',
  Parameters: { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', 'Message.$': '$.text' },
  ResultPath: '$.sent',
  Next: 'After',
};
const job = {
  Type: 'Task',
  Resource: 'arn:aws:states:::batch:submitJob.sync',
  Parameters: { JobName: 'j' },
  End: true,
};
const retrying = {
  ...publish,
  Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }],
};
const input = '{"text":"hello"}';

function request(state: object, more: object = {}): object {
  return { definition: JSON.stringify(state), input, ...more };
}

const run = async (state: object, more?: object) => (await openBench()).call('TestState', request(state, more));
const refuse = async (state: object, more?: object) => (await openBench()).refusal('TestState', request(state, more));

test('a state is run alone, and its data shown on the way', async () => {
  const state = { Type: 'Pass', InputPath: '$.text', Parameters: { 'got.$': '$' }, ResultPath: '$.at', Next: 'B' };
  const output = '{"text":"hello","at":{"got":"hello"}}';
  assert.deepEqual(await run(state), { status: 'SUCCEEDED', output, nextState: 'B' });
  const { inspectionData } = await run(state, { inspectionLevel: 'DEBUG', variables: '{"v":1}' });
  assert.deepEqual(inspectionData, {
    input,
    afterInputPath: '"hello"',
    afterParameters: '{"got":"hello"}',
    result: '{"got":"hello"}',
    afterResultSelector: '{"got":"hello"}',
    afterResultPath: output,
    variables: '{"v":1}',
  });
});

test('a state of a whole state machine is found by its name, nested ones too', async () => {
  const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Result: 1, End: true } } };
  const machine = {
    StartAt: 'Each',
    States: { Each: { Type: 'Map', ItemsPath: '$.l', ItemProcessor: inner, End: true } },
  };
  assert.deepEqual(await run(machine, { stateName: 'In' }), { status: 'SUCCEEDED', output: '1' });
  assert.match(await refuse(machine, { stateName: 'Out' }), /^ValidationException: State 'Out' is not in/);
  assert.match(await refuse({ Type: 'Succeed' }, { stateName: 'X' }), /^ValidationException: stateName can only/);
});

test('a Task is really called, and the test waits for its report', async () => {
  const bench = await openBench();
  const answer = bench.call('TestState', request(publish, { roleArn, inspectionLevel: 'DEBUG' }));
  const { call, report } = await bench.integrations.next();
  assert.deepEqual(call.arguments, { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'hello' });
  assert.equal(call.roleArn, roleArn);
  report({ type: 'taskStarted' });
  report({ type: 'taskSucceeded', output: { MessageId: 'm' } });
  const { status, output, nextState, inspectionData } = await answer;
  assert.deepEqual({ status, nextState }, { status: 'SUCCEEDED', nextState: 'After' });
  assert.equal(output, '{"text":"hello","sent":{"MessageId":"m"}}');
  assert.equal((inspectionData as { result: string }).result, '{"MessageId":"m"}');
  assert.equal(bench.clock.pending, 0);
});

test('the failure of a real call is retried or caught on paper', async () => {
  for (const [error, status] of [
    ['Busy', 'RETRIABLE'],
    ['Gone', 'CAUGHT_ERROR'],
  ] as const) {
    const bench = await openBench();
    const answer = bench.call('TestState', request(retrying, { roleArn }));
    (await bench.integrations.next()).report({ type: 'taskFailed', error, cause: 'why' });
    const got = await answer;
    assert.deepEqual([got.status, got.error, got.cause], [status, error, 'why']);
  }
});

test('a test takes five minutes at most', async () => {
  const bench = await openBench();
  const answer = bench.call('TestState', request(publish, { roleArn }));
  const { call } = await bench.integrations.next();
  bench.clock.advance(5 * 60_000);
  assert.deepEqual([(await answer).status, (await answer).error], ['FAILED', 'States.Timeout']);
  assert.deepEqual(bench.integrations.cancelled, [call.key]);
});

test('a caller who goes away ends the call', async () => {
  const bench = await openBench();
  const gone = new AbortController();
  const answer = bench.call('TestState', request(publish, { roleArn }), { signal: gone.signal });
  const { call } = await bench.integrations.next();
  gone.abort();
  assert.equal((await answer).status, 'FAILED');
  assert.deepEqual(bench.integrations.cancelled, [call.key]);
  assert.equal(bench.clock.pending, 0);
});

test('a mock stands in for the call, whatever the resource', async () => {
  const lambda = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:123456789012:function:f', End: true };
  const bench = await openBench();
  const answer = await bench.call('TestState', request(lambda, { mock: { result: '{"a":1}' } }));
  assert.deepEqual(answer, { status: 'SUCCEEDED', output: '{"a":1}' });
  assert.deepEqual(bench.integrations.calls, []);
  assert.match(await refuse(lambda, { roleArn }), /^InvalidDefinition: .*no Lambda functions/);
});

test('a mocked error is retried as often as the retrier says, then caught, else it fails the state', async () => {
  const mock = { errorOutput: { error: 'Busy', cause: 'why' } };
  const details = async (retrierRetryCount: number) => {
    const answer = await run(retrying, {
      mock,
      inspectionLevel: 'DEBUG',
      stateConfiguration: { retrierRetryCount },
    });
    return [answer.status, (answer.inspectionData as { errorDetails?: object }).errorDetails, answer.nextState];
  };
  assert.deepEqual(await details(0), ['RETRIABLE', { retryIndex: 0, retryBackoffIntervalSeconds: 2 }, undefined]);
  assert.deepEqual(await details(1), ['RETRIABLE', { retryIndex: 0, retryBackoffIntervalSeconds: 6 }, undefined]);
  assert.deepEqual(await details(2), ['CAUGHT_ERROR', { catchIndex: 0 }, 'Rescue']);
  assert.deepEqual(await run(publish, { mock }), { status: 'FAILED', error: 'Busy', cause: 'why' });
});

test('the context object of a mocked test is what it says', async () => {
  const state = { ...publish, Parameters: { TopicArn: 't', 'Message.$': '$$.Execution.Name' } };
  const more = { mock: { result: '{}' }, context: '{"Execution":{"Name":"mine"}}', inspectionLevel: 'DEBUG' };
  const { inspectionData } = await run(state, more);
  assert.equal((inspectionData as { afterParameters: string }).afterParameters, '{"TopicArn":"t","Message":"mine"}');
});

const map = {
  Type: 'Map',
  ItemsPath: '$.items',
  ToleratedFailureCount: 1,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'In',
    States: { In: { Type: 'Pass', End: true } },
  },
  End: true,
};
const items = '{"items":[1,2,3]}';

test('a Map fails when more of its iterations fail than it tolerates', async () => {
  const after = (mapIterationFailureCount: number) =>
    run(map, { input: items, mock: { result: '[1,2,3]' }, stateConfiguration: { mapIterationFailureCount } });
  assert.deepEqual(await after(1), { status: 'SUCCEEDED', output: '[1,2,3]' });
  assert.deepEqual(await after(2), {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  });
});

test('a mocked result must be what the API answers, as far as is asked for', async () => {
  const strict = /^ValidationException: Mock result schema validation error: Required field 'JobId' is missing$/;
  const typed = /^ValidationException: Mock result schema validation error: Field 'JobId' must be of type string$/;
  const result = (value: object) => JSON.stringify(value);
  assert.match(await refuse(job, { mock: { result: result({ JobName: 'j' }) } }), strict);
  assert.match(await refuse(job, { mock: { result: result({ JobId: 1 }), fieldValidationMode: 'PRESENT' } }), typed);
  for (const [value, fieldValidationMode] of [
    [{ JobName: 'j' }, 'PRESENT'],
    [{ JobId: 1 }, 'NONE'],
  ] as const) {
    const mock = { result: result(value), fieldValidationMode };
    assert.equal((await run(job, { mock })).output, result(value));
  }
});

const ok = { mock: { result: '{}' } };
const failing = { mock: { errorOutput: { error: 'E' } } };
const bad: readonly (readonly [title: string, state: object, more: object, words: RegExp])[] = [
  ['a mock of a Pass', { Type: 'Pass', End: true }, ok, /State type 'Pass' is not supported when a mock/],
  ['a mock of nothing', publish, { mock: {} }, /exactly one of the following fields/],
  ['a mock of both', publish, { mock: { ...ok.mock, ...failing.mock } }, /exactly one of the following fields/],
  ['a mocked failure without a name', publish, { mock: { errorOutput: {} } }, /error of a mocked error output/],
  ['a mocked result that is no JSON', publish, { mock: { result: '{' } }, /mock\.result is not valid JSON/],
  ['a Map without a mock', map, { input: items }, /State type 'Map' is not supported when a mock is not specified/],
  ['a Map whose mock is no array', map, { input: items, ...ok }, /must be an array/],
  ['a job to wait for without a mock', job, { roleArn }, /only when a mock is specified/],
  ['a Task with neither role nor mock', publish, {}, /roleArn must be specified/],
  ['a context without a mock', publish, { roleArn, context: '{}' }, /State context can only be specified/],
  ['a context that is no object', publish, { ...ok, context: '[]' }, /context must be a JSON object/],
  ['variables that are no JSON', publish, { ...ok, variables: '{' }, /variables is not valid JSON/],
  [
    'retries without a retrier',
    publish,
    { ...failing, stateConfiguration: { retrierRetryCount: 1 } },
    /retrierRetryCount can only be specified/,
  ],
  [
    'failed iterations of a Task',
    publish,
    { ...ok, stateConfiguration: { mapIterationFailureCount: 1 } },
    /mapIterationFailureCount can only be specified/,
  ],
  [
    'more failed iterations than items',
    map,
    { input: items, mock: { result: '[]' }, stateConfiguration: { mapIterationFailureCount: 4 } },
    /exceeds the number of items \(3\)/,
  ],
  [
    'an error caused by a state that is not inside',
    map,
    { input: items, ...failing, stateConfiguration: { errorCausedByState: 'Out' } },
    /State 'Out' is not in the state under test/,
  ],
  [
    'data of an ItemReader that is not there',
    map,
    { input: items, ...ok, stateConfiguration: { mapItemReaderData: '[]' } },
    /mapItemReaderData can only be specified/,
  ],
];
for (const [title, state, more, words] of bad) {
  test(`a test with ${title} is refused`, async () => {
    const refusal = await refuse(state, more);
    assert.match(refusal, /^ValidationException: /);
    assert.match(refusal, words);
  });
}

test('an error may be caused by a state inside', async () => {
  const more = { input: items, ...failing, stateConfiguration: { errorCausedByState: 'In' } };
  assert.equal((await run(map, more)).error, 'E');
});

test('an input that is no JSON, and a definition that is none, are refused', async () => {
  assert.match(await refuse({ Type: 'Succeed' }, { input: '{' }), /^InvalidExecutionInput: /);
  assert.match(await refuse({ Type: 'Nonsense' }), /^InvalidDefinition: /);
});

test('testing asks for TestState, for secrets if they shall be revealed, and for the role', async () => {
  const { access } = await openBench();
  assert.deepEqual(await access('TestState', request(publish, { roleArn, revealSecrets: true })), [
    { action: 'states:TestState', resource: '*' },
    { action: 'states:RevealSecrets', resource: '*' },
    { action: 'iam:PassRole', resource: roleArn, conditions: { 'iam:PassedToService': 'states.amazonaws.com' } },
  ]);
});
