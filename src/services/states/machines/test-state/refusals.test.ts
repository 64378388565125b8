import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distributed, job, map, parallel, publish, refuse, retrying, withRole } from './test-state.fixture.ts';

const items = '{"items":[1,2,3]}';
const ok = { mock: { result: '{"MessageId":"m"}' } };
const failing = { mock: { errorOutput: { error: 'E' } } };
const context = (value: unknown) => ({ ...ok, context: JSON.stringify(value) });
const configured = (stateConfiguration: object) => ({ stateConfiguration });
const noMaps =
  'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';

/** The refusals of AWS, as recorded. */
const recorded: readonly (readonly [title: string, state: object, more: object, words: string])[] = [
  ['a mock of a Pass', { Type: 'Pass', End: true }, ok, "State type 'Pass' is not supported when a mock is specified"],
  [
    'a mock of a Succeed',
    { Type: 'Succeed' },
    failing,
    "State type 'Succeed' is not supported when a mock is specified",
  ],
  [
    'a mock of both',
    publish,
    { mock: { ...ok.mock, ...failing.mock } },
    'A test mock should have only one of the following fields: [result, errorOutput].',
  ],
  ['a Map whose mock is no array', map, { input: items, ...ok }, 'Mocked result must be an array.'],
  ['a Parallel whose mock is no array', parallel, ok, 'Mocked result must be an array.'],
  [
    'too few results of branches',
    parallel,
    { mock: { result: '[1]' } },
    'Mocked result must contain the same number of items as number of Parallel branches.',
  ],
  ['a Task whose mock is no object', job, { mock: { result: '1' } }, 'Mocked result must be a JSON object.'],
  ['a mocked result that is no JSON', publish, { mock: { result: '{' } }, 'Mocked result must be valid JSON'],
  [
    'secrets to be revealed of a mock',
    publish,
    { ...ok, revealSecrets: true },
    'TestState does not support RevealSecrets when a mock is specified.',
  ],
  [
    'more failed iterations than items',
    distributed,
    { input: items, mock: { result: '[]' }, ...configured({ mapIterationFailureCount: 4 }) },
    'Map iteration failure count must be less than or equal to the number of Map iterations',
  ],
  [
    'failed iterations without a mock',
    map,
    { input: items, ...configured({ mapIterationFailureCount: 1 }) },
    'TestState does not support MapIterationFailureCount when a mock is not specified.',
  ],
  ['a Task with neither role nor mock', publish, {}, 'RoleArn must be specified when testing a Task state'],
  [
    'an unknown field of the context',
    publish,
    context({ Foo: 1 }),
    "Invalid Context object provided: Field 'Foo' is not allowed",
  ],
  [
    'an unknown field within the context',
    publish,
    context({ State: { Foo: 1 } }),
    "Invalid Context object provided: Field 'State.Foo' is not allowed",
  ],
  [
    'an id that is no text',
    publish,
    context({ Execution: { Id: 1 } }),
    'Invalid Context object provided: Execution.Id must be a string',
  ],
  [
    'a Map in the context',
    publish,
    context({ Map: { Item: { Index: 0 } } }),
    "Invalid Context object provided: 'Map' field is not supported when mocking a Context object",
  ],
];
for (const [title, state, more, words] of recorded) {
  test(`a test with ${title} is refused in AWS's words`, async () => {
    assert.equal(await refuse(state, more), `ValidationException: ${words}`);
  });
}

test('a state that is not in the definition is not found', async () => {
  const machine = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
  assert.equal(await refuse(machine, { stateName: 'B' }), 'ValidationException: State not found in definition');
});

test('a Map or Parallel needs a mock', async () => {
  for (const state of [map, parallel])
    assert.equal(await refuse(state, { input: items }), `InvalidDefinition: ${noMaps}`);
});

const types = '[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]';
const definitions: readonly (readonly [title: string, state: object, more: object, problem: string])[] = [
  [
    'no branches',
    { Type: 'Parallel', Branches: [], End: true },
    ok,
    'Value cannot be empty at /States/StateName/Branches',
  ],
  [
    'an unknown type',
    { Type: 'Nonsense' },
    {},
    `The field 'Type' should have one of these values: ${types} at /States/StateName/Type`,
  ],
  [
    'a parameter that is not there',
    { ...publish, Parameters: {} },
    ok,
    "The field 'Message' is required but was missing at /States/StateName/Parameters",
  ],
];
for (const [title, state, more, problem] of definitions) {
  test(`a definition with ${title} is refused with its place in a state machine`, async () => {
    const words = `InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem}'`;
    assert.equal(await refuse(state, more), words);
  });
}

test('what the request lacks is said before what the definition calls', async () => {
  const broken = { ...publish, Parameters: { Foo: 1 } };
  assert.match(await refuse(broken), /RoleArn must be specified/);
  assert.match(
    await refuse(broken, withRole),
    /^InvalidDefinition: .*The field "Foo" is not supported by Step Functions/,
  );
});

/** Ours. */
const own: readonly (readonly [title: string, state: object, more: object, words: RegExp])[] = [
  ['a mock of nothing', publish, { mock: {} }, /one of the following fields/],
  ['a mocked failure without a name', publish, { mock: { errorOutput: {} } }, /error of a mocked error output/],
  [
    'a job to wait for without a mock',
    { ...job, Resource: `${job.Resource}.sync` },
    withRole,
    /only when a mock is specified/,
  ],
  ['a context without a mock', publish, { ...withRole, context: '{}' }, /does not support Context when a mock is not/],
  ['a context that is no object', publish, { ...ok, context: '[]' }, /Context must be a JSON object/],
  ['variables that are no JSON', publish, { ...ok, variables: '{' }, /Variables must be valid JSON/],
  [
    'retries without a mock',
    retrying,
    { ...withRole, ...configured({ retrierRetryCount: 1 }) },
    /RetrierRetryCount when a mock/,
  ],
  [
    'retries without a retrier',
    publish,
    { ...failing, ...configured({ retrierRetryCount: 1 }) },
    /RetrierRetryCount can only/,
  ],
  [
    'failed iterations of a Task',
    publish,
    { ...ok, ...configured({ mapIterationFailureCount: 1 }) },
    /MapIterationFailureCount can only/,
  ],
  [
    'an error caused by a state that is not inside',
    map,
    { input: items, ...failing, ...configured({ errorCausedByState: 'Out' }) },
    /State 'Out' is not in the state under test/,
  ],
  [
    'an error caused by a state of a Task',
    publish,
    { ...failing, ...configured({ errorCausedByState: 'In' }) },
    /ErrorCausedByState can only/,
  ],
  [
    'data of an ItemReader that is not there',
    map,
    { input: items, mock: { result: '[]' }, ...configured({ mapItemReaderData: '[]' }) },
    /MapItemReaderData can only/,
  ],
];
for (const [title, state, more, words] of own) {
  test(`a test with ${title} is refused`, async () => {
    const refusal = await refuse(state, more);
    assert.match(refusal, /^ValidationException: /);
    assert.match(refusal, words);
  });
}

test('an input that is no JSON is refused', async () => {
  assert.match(await refuse({ Type: 'Succeed' }, { input: '{' }), /^InvalidExecutionInput: /);
});
