import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distributed, inspect, map, parallel, publish, retrying, run } from './test-state.fixture.ts';

const input = '{"a": 1}';
const compact = '{"a":1}';
const mocked = { mock: { result: '{"MessageId": "m"}' } };
const jsonata = { QueryLanguage: 'JSONata' };

/** What AWS shows (recorded) for states that are given `input`. */
const shown: readonly (readonly [title: string, state: object, more: object, data: object])[] = [
  [
    'a Pass',
    { Type: 'Pass', End: true },
    {},
    { afterInputPath: input, afterParameters: input, afterResultSelector: input, afterResultPath: input },
  ],
  [
    'a Pass with fields',
    { Type: 'Pass', InputPath: '$.a', Parameters: { 'x.$': '$' }, ResultPath: '$.r', End: true },
    {},
    {
      afterInputPath: '1',
      afterParameters: '{"x":1}',
      afterResultSelector: '{"x":1}',
      afterResultPath: '{"a":1,"r":{"x":1}}',
    },
  ],
  [
    'a Pass with a Result',
    { Type: 'Pass', Result: 2, ResultPath: '$.r', End: true },
    {},
    { result: '2', afterResultSelector: '2', afterResultPath: '{"a":1,"r":2}' },
  ],
  ['a Succeed', { Type: 'Succeed', InputPath: '$.a' }, {}, { afterInputPath: '1' }],
  ['a Choice', { Type: 'Choice', Choices: [], Default: 'D' }, {}, { afterInputPath: input }],
  ['a Wait', { Type: 'Wait', Seconds: 5, End: true }, {}, { afterInputPath: input }],
  ['a Fail', { Type: 'Fail', Error: 'E' }, {}, { afterInputPath: input }],
  [
    'a Task',
    { ...publish, Parameters: { 'Message.$': '$.a' } },
    mocked,
    {
      afterInputPath: input,
      afterParameters: '{"Message":1}',
      result: '{"MessageId": "m"}',
      afterResultSelector: '{"MessageId": "m"}',
      afterResultPath: '{"a":1,"sent":{"MessageId":"m"}}',
    },
  ],
  [
    'a Parallel, whatever its InputPath',
    { ...parallel, InputPath: '$.a', Parameters: {} },
    { mock: { result: '[1, 2]' } },
    { afterResultSelector: '[1, 2]', afterResultPath: '[1, 2]' },
  ],
  ['a Pass in JSONata', { Type: 'Pass', ...jsonata, End: true }, {}, {}],
  ['a Succeed in JSONata', { Type: 'Succeed', ...jsonata }, {}, {}],
  ['a Fail in JSONata', { Type: 'Fail', ...jsonata }, {}, {}],
  [
    'a Choice in JSONata',
    { Type: 'Choice', ...jsonata, Choices: [{ Condition: true, Next: 'N' }] },
    { variables: '{"v":1}' },
    { variables: '{"v":1}' },
  ],
  ['a Parallel in JSONata', { ...parallel, ...jsonata }, { mock: { result: '[1,2]' } }, {}],
  [
    'a Task in JSONata',
    {
      Type: 'Task',
      ...jsonata,
      Resource: publish.Resource,
      Arguments: { Message: '{% $states.input.a %}' },
      End: true,
    },
    mocked,
    { afterArguments: '{"Message":1}', result: '{"MessageId": "m"}' },
  ],
];
for (const [title, state, more, data] of shown) {
  test(`of ${title} is shown what AWS shows`, async () => {
    const definition = 'Choices' in state && (state.Choices as unknown[]).length === 0 ? withRule(state) : state;
    for (const inspectionLevel of ['DEBUG', 'TRACE']) {
      assert.deepEqual(await inspect(definition, { input, ...more, inspectionLevel }), { input, ...data });
    }
    assert.equal((await run(definition, { input, ...more })).inspectionData, undefined);
  });
}

function withRule(state: object): object {
  return { ...state, Choices: [{ Variable: '$.a', NumericEquals: 7, Next: 'N' }] };
}

test('of a Map is shown what it iterates over, and what it tolerates if it says so', async () => {
  const items = { input: '{"items": [1, 2]}', mock: { result: '["a", "b"]' } };
  const outcome = { afterResultSelector: '["a", "b"]', afterResultPath: '["a", "b"]' };
  assert.deepEqual(await inspect({ ...map, MaxConcurrency: 3 }, items), {
    input: items.input,
    afterInputPath: items.input,
    afterItemsPath: '[1,2]',
    ...outcome,
    maxConcurrency: 3,
  });
  const tolerant = { ...distributed, ToleratedFailurePercentage: 5, ItemSelector: { 'v.$': '$$.Map.Item.Value' } };
  assert.deepEqual(await inspect(tolerant, items), {
    input: items.input,
    afterInputPath: items.input,
    afterItemsPath: '[1,2]',
    afterItemSelector: '[{"v":1},{"v":2}]',
    ...outcome,
    maxConcurrency: 0,
    toleratedFailurePercentage: 5,
  });
  const { ItemsPath: _, ...bare } = distributed;
  const expressions = { ...bare, ...jsonata, Items: '{% $states.input.items %}', ToleratedFailureCount: 1 };
  assert.deepEqual(await inspect(expressions, items), {
    input: items.input,
    maxConcurrency: 0,
    toleratedFailureCount: 1,
  });
});

test('of a Map with an ItemBatcher the batches are shown', async () => {
  const batcher = { ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { b: 1 } } };
  const { afterItemBatcher } = await inspect(
    { ...distributed, ...batcher },
    { input: '{"items":[1,2,3]}', mock: { result: '[]' } },
  );
  assert.equal(afterItemBatcher, '[{"BatchInput":{"b":1},"Items":[1,2]},{"BatchInput":{"b":1},"Items":[3]}]');
});

test('an Assign shows in the variables', async () => {
  const state = { Type: 'Pass', Assign: { 'x.$': '$.a' }, End: true };
  const { variables } = await inspect(state, { input, variables: '{"v":[1]}' });
  assert.equal(variables, '{"v":[1],"x":1}');
});

test('a handled error tells who handled it, and retries that are spent which they were', async () => {
  const mock = { errorOutput: { error: 'Busy', cause: 'why' } };
  const details = async (state: object, retrierRetryCount: number) =>
    (await inspect(state, { mock, stateConfiguration: { retrierRetryCount } })).errorDetails;
  assert.deepEqual(await details(retrying, 0), { retryIndex: 0, retryBackoffIntervalSeconds: 2 });
  assert.deepEqual(await details(retrying, 1), { retryIndex: 0, retryBackoffIntervalSeconds: 6 });
  assert.deepEqual(await details(retrying, 2), { catchIndex: 0, retryIndex: 0 });
  assert.deepEqual(await details({ ...retrying, Catch: undefined }, 2), { retryIndex: 0 });
  const unmatched = { ...retrying, Retry: [{ ErrorEquals: ['Other'] }] };
  assert.deepEqual((await inspect(unmatched, { mock })).errorDetails, { catchIndex: 0 });
});

test('text that was sent is carried as it is, what a state makes is written anew', async () => {
  const given = { input };
  assert.equal((await run({ Type: 'Pass', End: true }, given)).output, input);
  assert.equal((await run({ Type: 'Pass', Parameters: { 'a.$': '$.a' }, End: true }, given)).output, compact);
  const whole = { ...publish, Parameters: { Message: 'm' }, ResultPath: '$' };
  assert.equal((await run(whole, mocked)).output, '{"MessageId": "m"}');
});
