import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performEvaluation } from './evaluate/index.ts';
import { type Evaluation, type Json, parseState, type StateTest, testState } from './index.ts';

const info = {
  id: 'arn:aws:states:us-west-2:123456789012:express:test',
  name: 'test',
  roleArn: 'arn:aws:iam::123456789012:role/r',
  stateMachineId: 'arn:aws:states:us-west-2:123456789012:stateMachine:test',
  stateMachineName: 'test',
  region: 'us-west-2',
};

const evaluator = (evaluation: Evaluation) => performEvaluation(evaluation);

async function run(definition: object, input: Json, more: Partial<StateTest> = {}) {
  const { state, diagnostics } = await parseState(JSON.stringify(definition), undefined, evaluator);
  assert.ok(state, JSON.stringify(diagnostics));
  return testState({
    state,
    input,
    info: { ...info, input },
    at: 0,
    seed: 's',
    evaluator,
    checkArguments: async () => [],
    ...more,
  });
}

const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::batch:submitJob.sync',
  InputPath: '$.in',
  Parameters: { 'name.$': '$.name' },
  ResultSelector: { 'id.$': '$.JobId' },
  ResultPath: '$.job',
  OutputPath: '$.job',
  Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 3, MaxAttempts: 1 }],
  Catch: [{ ErrorEquals: ['Known'], Next: 'Handler' }],
  Next: 'After',
};

test('The data of each step of a task is shown', async () => {
  const result = await run(task, { in: { name: 'n' } }, { mock: { result: { JobId: 'j' } } });
  assert.deepEqual(result, {
    status: 'SUCCEEDED',
    output: { id: 'j' },
    nextState: 'After',
    inspection: {
      afterInputPath: { name: 'n' },
      afterArguments: { name: 'n' },
      afterParameters: { name: 'n' },
      result: { JobId: 'j' },
      afterResultSelector: { id: 'j' },
      afterResultPath: { in: { name: 'n' }, job: { id: 'j' } },
    },
    variables: {},
  });
});

test('A failure that a retrier takes is retriable, with the time that it would wait', async () => {
  const result = await run(task, { in: { name: 'n' } }, { mock: { failure: { error: 'Again', cause: '' } } });
  assert.equal(result.status, 'RETRIABLE');
  assert.equal(result.inspection.retryBackoffIntervalSeconds, 3);
  const last = await run(
    task,
    { in: { name: 'n' } },
    { mock: { failure: { error: 'Again', cause: 'c' } }, retriesMade: 1 },
  );
  assert.deepEqual([last.status, last.error, last.cause], ['FAILED', 'Again', 'c']);
});

test('A failure that a catcher takes leads to its next state', async () => {
  const result = await run(task, { in: { name: 'n' } }, { mock: { failure: { error: 'Known', cause: 'c' } } });
  assert.deepEqual(
    [result.status, result.nextState, result.output],
    ['CAUGHT_ERROR', 'Handler', { Error: 'Known', Cause: 'c' }],
  );
});

test('A task without a mock waits', async () => {
  assert.equal((await run(task, { in: { name: 'n' } })).status, 'WAITING');
});

test('Variables and context object can be given, and the variables are shown after', async () => {
  const definition = {
    Type: 'Pass',
    QueryLanguage: 'JSONata',
    Assign: { x: '{% $x + 1 %}' },
    Output: '{% $states.context.Execution.Name %}',
    End: true,
  };
  const result = await run(definition, {}, { variables: { x: 1 }, context: { Execution: { Name: 'given' } } });
  assert.deepEqual([result.status, result.output, result.variables], ['SUCCEEDED', 'given', { x: 2 }]);
});

test('A Map with a mock shows its items and settings', async () => {
  const definition = {
    Type: 'Map',
    ItemsPath: '$.xs',
    MaxConcurrency: 2,
    ItemProcessor: { StartAt: 'S', States: { S: { Type: 'Succeed' } } },
    End: true,
  };
  const result = await run(definition, { xs: [1, 2] }, { mock: { result: ['a', 'b'] } });
  assert.deepEqual(result.output, ['a', 'b']);
  assert.deepEqual(result.inspection.afterItemsPath, [1, 2]);
  assert.equal(result.inspection.maxConcurrency, 2);
});

test('A state of a whole state machine is found by its name', async () => {
  const machine = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } } });
  assert.equal((await parseState(machine, 'B', evaluator)).state?.type, 'Succeed');
});
