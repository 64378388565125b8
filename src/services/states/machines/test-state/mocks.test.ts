import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../../states.fixture.ts';
import {
  distributed,
  inner,
  inspect,
  job,
  map,
  parallel,
  publish,
  refuse,
  request,
  retrying,
  run,
} from './test-state.fixture.ts';

const items = '{"items":[1,2,3]}';

function task(resource: string, parameters: object = {}): object {
  return { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters: parameters, End: true };
}

const statement = { QueryString: 'SELECT 1' };
const function_ = { FunctionName: 'f' };
const child = { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m' };
const table = { TableName: 't', Key: { id: { S: '1' } } };

/** Results that the API of what a task calls could answer, or, with what refuses them. */
const results: readonly (readonly [
  resource: string,
  parameters: object,
  result: unknown,
  mode: string,
  problem?: string,
])[] = [
  ['batch:submitJob', job.Parameters, { JobId: '1', JobName: 'j' }, 'STRICT'],
  ['batch:submitJob', job.Parameters, { JobId: '1' }, 'STRICT', "Required field 'JobName' is missing"],
  ['batch:submitJob', job.Parameters, { JobId: '1' }, 'PRESENT'],
  ['batch:submitJob', job.Parameters, { JobId: 1 }, 'PRESENT', "Field 'JobId' must be a string"],
  ['batch:submitJob', job.Parameters, { JobId: 1 }, 'NONE'],
  ['batch:submitJob', job.Parameters, { JobId: '1', JobName: 'j', New: 1 }, 'STRICT'],
  ['batch:submitJob.sync', job.Parameters, { Status: 'SUCCEEDED' }, 'STRICT', "Required field 'JobName' is missing"],
  ['batch:submitJob.sync', job.Parameters, { StartedAt: '1' }, 'PRESENT', "Field 'StartedAt' must be a number"],
  ['batch:submitJob.sync', job.Parameters, { Container: { Vcpus: '1' } }, 'PRESENT', "Field 'Vcpus' must be a number"],
  ['batch:submitJob.sync', job.Parameters, { Attempts: {} }, 'PRESENT', "Field 'Attempts' must be an array"],
  ['batch:submitJob.sync', job.Parameters, { Attempts: [1] }, 'PRESENT', "Field 'Attempts' must be an object"],
  ['batch:submitJob.sync', job.Parameters, { Tags: { a: 1 } }, 'PRESENT', "Field 'a' must be a string"],
  ['batch:submitJob.sync', job.Parameters, { IsCancelled: 1 }, 'PRESENT', "Field 'IsCancelled' must be a boolean"],
  ['states:startExecution', child, { ExecutionArn: 'e', StartDate: '2025-01-01T00:00:00Z' }, 'STRICT'],
  ['states:startExecution', child, { ExecutionArn: 'e', StartDate: 1 }, 'STRICT', "Field 'StartDate' must be a string"],
  ['states:startExecution.sync:2', child, { Output: {} }, 'PRESENT', "Field 'Output' must be a string"],
  ['states:startExecution.waitForTaskToken', child, 7, 'STRICT'],
  ['lambda:invoke', function_, { StatusCode: 200, Payload: '{}' }, 'STRICT'],
  ['lambda:invoke', function_, { StatusCode: '200' }, 'STRICT', "Field 'StatusCode' must be a number"],
  ['dynamodb:getItem', table, { Item: { id: { S: '1' } } }, 'STRICT'],
  ['dynamodb:getItem', table, { Item: { id: { S: 1 } } }, 'STRICT', "Field 'S' must be a string"],
  ['glue:startJobRun.sync', { JobName: 'g' }, { JobRunState: 1 }, 'PRESENT', "Field 'JobRunState' must be a string"],
  [
    'athena:startQueryExecution.sync',
    statement,
    { QueryExecution: 1 },
    'STRICT',
    "Field 'QueryExecution' must be an object",
  ],
  ['aws-sdk:s3:listBuckets', {}, { Buckets: [{ Name: 1 }] }, 'STRICT', "Field 'Name' must be a string"],
  ['aws-sdk:rds:describeDBInstances', {}, { DbInstances: 1 }, 'STRICT', "Field 'DbInstances' must be an array"],
  ['aws-sdk:rds:describeDBInstances', {}, { DBInstances: 1 }, 'STRICT'],
];
for (const [resource, parameters, result, fieldValidationMode, problem] of results) {
  const words = problem === undefined ? 'is taken' : 'is refused';
  test(`${JSON.stringify(result)} of ${resource} ${words} in the mode ${fieldValidationMode}`, async () => {
    const more = { mock: { result: JSON.stringify(result), fieldValidationMode } };
    if (problem === undefined) {
      const answer = await run(task(resource, parameters), more);
      assert.deepEqual(answer, { status: 'SUCCEEDED', output: JSON.stringify(result) });
    } else {
      const expected = `ValidationException: Mock result schema validation error: ${problem}`;
      assert.equal(await refuse(task(resource, parameters), more), expected);
    }
  });
}

test('without a mode a mock is checked strictly', async () => {
  const refusal = await refuse(job, { mock: { result: '{}' } });
  assert.equal(
    refusal,
    "ValidationException: Mock result schema validation error: Required field 'JobName' is missing",
  );
});

test('a mock stands in for the call, whatever the resource', async () => {
  const activity = 'arn:aws:states:us-east-1:123456789012:activity:a';
  const bench = await openBench();
  for (const Resource of ['arn:aws:lambda:us-east-1:123456789012:function:f', activity]) {
    const state = { Type: 'Task', Resource, End: true };
    const answer = await bench.call('TestState', request(state, { mock: { result: '[1]' } }));
    assert.deepEqual(answer, { status: 'SUCCEEDED', output: '[1]' });
  }
  assert.deepEqual(bench.integrations.calls, []);
});

test('of the states inside a mocked one nothing is asked', async () => {
  const call = { Type: 'Task', Resource: 'arn:aws:lambda:region:account:function:f', End: true };
  const sdk = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:nosuch:thing', End: true };
  for (const In of [call, sdk]) {
    const state = { ...map, ItemProcessor: { StartAt: 'In', States: { In } } };
    const answer = await run(state, { input: items, mock: { result: '[]' } });
    assert.deepEqual(answer, { status: 'SUCCEEDED', output: '[]' });
  }
});

test('of the other states of a state machine nothing is asked', async () => {
  const sibling = task('apigateway:invoke');
  const machine = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: sibling } };
  assert.deepEqual(await run(machine, { stateName: 'A' }), {
    status: 'SUCCEEDED',
    output: '{"text":"hello"}',
    nextState: 'B',
  });
  const tested = await refuse(machine, { stateName: 'B', mock: { result: '{}' } });
  assert.match(
    tested,
    /^InvalidDefinition: .*The field 'ApiEndpoint' is required but was missing at \/States\/B\/Parameters/,
  );
});

test('a mocked error is retried as often as the retrier says, then caught, else it fails the state', async () => {
  const mock = { errorOutput: { error: 'Busy', cause: 'why' } };
  const statusAfter = async (retrierRetryCount: number) => {
    const answer = await run(retrying, { mock, stateConfiguration: { retrierRetryCount } });
    return [answer.status, answer.nextState];
  };
  assert.deepEqual(await statusAfter(1), ['RETRIABLE', undefined]);
  assert.deepEqual(await statusAfter(2), ['CAUGHT_ERROR', 'Rescue']);
  assert.deepEqual(await run(publish, { mock }), { status: 'FAILED', error: 'Busy', cause: 'why' });
});

test('a Map fails when more of its iterations fail than it says it tolerates', async () => {
  const mock = { result: '[1,2,3]' };
  const after = (state: object, mapIterationFailureCount: number, more: object = { mock }) =>
    run(state, { input: items, ...more, stateConfiguration: { mapIterationFailureCount } });
  const failed = {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };
  const ended = { status: 'SUCCEEDED', output: '[1,2,3]' };
  assert.deepEqual(await after({ ...distributed, ToleratedFailureCount: 1 }, 1), ended);
  assert.deepEqual(await after({ ...distributed, ToleratedFailureCount: 1 }, 2), failed);
  assert.deepEqual(await after({ ...distributed, ToleratedFailurePercentage: 50 }, 1), ended);
  assert.deepEqual(await after({ ...distributed, ToleratedFailurePercentage: 50 }, 2), failed);
  assert.deepEqual(await after(map, 3), ended);
  const own = { mock: { errorOutput: { error: 'E' } } };
  const { error } = await after({ ...distributed, ToleratedFailureCount: 1 }, 2, own);
  assert.equal(error, 'E');
});

test('a Map with a ResultWriter ends with a description of what was written', async () => {
  const writer = { ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b' } } };
  const state = { ...distributed, ...writer };
  const result = '{"MapRunArn":"arn"}';
  assert.deepEqual(await run(state, { input: items, mock: { result } }), { status: 'SUCCEEDED', output: result });
  const refusal = await refuse(state, { input: items, mock: { result: '[]' } });
  assert.equal(refusal, 'ValidationException: Mocked result must be a JSON object.');
});

const { ItemsPath: _, ...reading } = distributed;
const readers: readonly (readonly [
  title: string,
  config: object | undefined,
  data: string,
  items: string,
  pointed?: string,
])[] = [
  ['JSON', { InputType: 'JSON' }, '[1, {"a": 2}]', '[1,{"a":2}]'],
  ['JSON below an ItemsPointer', { InputType: 'JSON', ItemsPointer: '/a~1b/l' }, '{"a/b":{"l":[1]}}', '[1]', '[1]'],
  ['an object', undefined, '{"a":1}', '[{"Key":"a","Value":1}]'],
  ['JSONL', { InputType: 'JSONL' }, '{"a":1}\n\n{"a":2}\r\n', '[{"a":1},{"a":2}]'],
  ['at most so many', { InputType: 'JSON', MaxItems: 1 }, '[1,2]', '[1]'],
  [
    'CSV with quotation marks',
    { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
    'a,b\n1,"x, ""y""\nz"\n,2\n',
    '[{"a":"1","b":"x, \\"y\\"\\nz"},{"a":"","b":"2"}]',
  ],
  [
    'CSV with given headers',
    { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'], CSVDelimiter: 'PIPE' },
    '1|2,3\n4|5',
    '[{"a":"1","b":"2,3"},{"a":"4","b":"5"}]',
  ],
];
for (const [title, ReaderConfig, mapItemReaderData, afterItemsPath, afterItemsPointer] of readers) {
  test(`an ItemReader's data is read as ${title}`, async () => {
    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig,
      Parameters: { Bucket: 'b', Key: 'k' },
    };
    const more = { mock: { result: '[]' }, stateConfiguration: { mapItemReaderData } };
    const shown = await inspect({ ...reading, ItemReader }, more);
    assert.deepEqual([shown.afterItemsPath, shown.afterItemsPointer], [afterItemsPath, afterItemsPointer]);
  });
}

test("an ItemReader's data that cannot be read fails the Map", async () => {
  const ItemReader = { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' } };
  const more = { mock: { result: '[]' }, stateConfiguration: { mapItemReaderData: '{' } };
  const { status, error } = await run({ ...reading, ItemReader }, more);
  assert.deepEqual([status, error], ['FAILED', 'States.ItemReaderFailed']);
});

test('an error may be caused by a state inside', async () => {
  const more = { mock: { errorOutput: { error: 'E' } }, stateConfiguration: { errorCausedByState: 'B' } };
  assert.equal((await run(parallel, more)).error, 'E');
  const machine = { StartAt: 'M', States: { M: { ...map, ItemProcessor: inner } } };
  const named = { ...more, input: items, stateName: 'M', stateConfiguration: { errorCausedByState: 'In' } };
  assert.equal((await run(machine, named)).error, 'E');
});
