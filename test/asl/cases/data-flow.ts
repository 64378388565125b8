import type { Json } from '../../../src/asl/index.ts';
import { type Case, job, machine, parameters, parametersFail, type RunCase, task } from '../case.ts';

const spec = 'ASL specification, Paths';
const template = 'ASL specification, Payload Template';

function path(text: string, input: Json, value: Json, name = `${text} leads to ${JSON.stringify(value)}`): RunCase {
  return parameters(name, spec, { 'v.$': text }, input, { v: value });
}

const store = {
  store: {
    book: [
      { category: 'reference', author: 'Rees', title: 'Sayings', price: 8.95 },
      { category: 'fiction', author: 'Waugh', title: 'Sword', price: 12.99 },
      { category: 'fiction', author: 'Melville', title: 'Moby Dick', price: 8.99, isbn: '0-553' },
    ],
    bicycle: { color: 'red', price: 19.95 },
  },
  limit: 10,
};

const paths: Case[] = [
  path('$', { a: 1 }, { a: 1 }),
  path('$.store.bicycle.color', store, 'red'),
  path("$['store']['bicycle']['color']", store, 'red'),
  path('$["store"].bicycle["color"]', store, 'red'),
  path("$['a b'].c-d", { 'a b': { 'c-d': 1 } }, 1),
  path("$['it\\'s']", { "it's": 1 }, 1),
  path('$.store.book[0].title', store, 'Sayings'),
  path('$.store.book[*].author', store, ['Rees', 'Waugh', 'Melville']),
  path('$.store.book[0,2].title', store, ['Sayings', 'Moby Dick']),
  path('$.store.book[1:].title', store, ['Sword', 'Moby Dick']),
  path('$.store.book[:1].title', store, ['Sayings']),
  path('$.store.book[-2:].title', store, ['Sword', 'Moby Dick']),
  path('$..isbn', store, ['0-553']),
  path('$.store..price', store, [8.95, 12.99, 8.99, 19.95]),
  path('$.store.bicycle.*', store, ['red', 19.95]),
  path('$.store.book[?(@.price < 10)].title', store, ['Sayings', 'Moby Dick']),
  path("$.store.book[?(@.category == 'fiction' && @.price > 10)].title", store, ['Sword']),
  path("$.store.book[?(@.author == 'Rees' || @.isbn)].title", store, ['Sayings', 'Moby Dick']),
  path('$.store.book[?(!(@.isbn))].title', store, ['Sayings', 'Sword']),
  path('$.store.book[?(@.price <= $.limit)].author', store, ['Rees', 'Melville']),
  path("$.store.book[?(@.category in ['reference', 'poetry'])].title", store, ['Sayings']),
  path("$.store.book[?(@.category != 'fiction')].title", store, ['Sayings']),
  path('$.store.book[?(@.price > 100)]', store, [], 'A filter that nothing passes leads to an empty array'),
  path('$.nothing[*].x', { nothing: [] }, [], 'A wildcard over an empty array leads to an empty array'),
  path('$.*.é', { a: { é: 1 } }, [1]),
  path('$.__proto__', JSON.parse('{"__proto__": 1}'), 1),
  path('$.a', { a: null }, null, 'A path to null leads to null'),
  parametersFail(
    'A member that every object inherits in some languages is not there',
    spec,
    { 'v.$': '$.constructor' },
    {},
    'States.Runtime',
  ),
  parametersFail(
    'An index beyond the end leads nowhere',
    spec,
    { 'v.$': '$.a[3]' },
    { a: [1] },
    'States.Runtime',
    "The JSONPath '$.a[3]' specified for the field 'v.$' could not be found in the input '{\"a\":[1]}'",
  ),
  parametersFail('A name below a string leads nowhere', spec, { 'v.$': '$.a.b' }, { a: 'x' }, 'States.Runtime'),
];

const context: Case[] = [
  parameters(
    '$$ is the context object',
    'Developer guide, Context object',
    {
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input',
      'role.$': '$$.Execution.RoleArn',
      'id.$': '$$.Execution.Id',
      'start.$': '$$.Execution.StartTime',
      'redrives.$': '$$.Execution.RedriveCount',
    },
    { a: 1 },
    {
      name: 'run',
      input: { a: 1 },
      role: 'arn:aws:iam::123456789012:role/States',
      id: 'arn:aws:states:us-west-2:123456789012:execution:machine:run',
      start: '2024-01-01T00:00:00.000Z',
      redrives: 0,
    },
  ),
  parameters(
    '$$.State and $$.StateMachine tell where it is evaluated',
    'Developer guide, Context object',
    {
      'state.$': '$$.State.Name',
      'entered.$': '$$.State.EnteredTime',
      'tries.$': '$$.State.RetryCount',
      'machine.$': '$$.StateMachine',
    },
    {},
    {
      state: 'P',
      entered: '2024-01-01T00:00:00.000Z',
      tries: 0,
      machine: { Id: 'arn:aws:states:us-west-2:123456789012:stateMachine:machine', Name: 'machine' },
    },
  ),
  {
    name: 'InputPath may select from the context object',
    proves: 'ASL specification, InputPath',
    definition: machine({ P: { Type: 'Pass', InputPath: '$$.Execution.Name', End: true } }),
    output: 'run',
  },
];

const templates: Case[] = [
  parameters(
    'Members named x.$ are replaced, others stay',
    template,
    { flagged: true, parts: { 'first.$': '$.vals[0]', 'last3.$': '$.vals[3:]' } },
    { flagged: 7, vals: [0, 10, 20, 30, 40, 50] },
    { flagged: true, parts: { first: 0, last3: [30, 40, 50] } },
  ),
  parameters(
    'Objects within arrays are templates too',
    template,
    { list: [{ 'a.$': '$.x' }, 'plain', 5, null, [{ 'b.$': '$.x' }]] },
    { x: 1 },
    { list: [{ a: 1 }, 'plain', 5, null, [{ b: 1 }]] },
  ),
  parameters(
    'A string that looks like a path is a string where the name has no .$',
    template,
    { v: '$.x' },
    { x: 1 },
    { v: '$.x' },
  ),
  parameters('A template may have no paths', template, { a: 1 }, { x: 2 }, { a: 1 }),
  parametersFail(
    'A path that leads nowhere fails the state with the field and the input',
    'Developer guide, error name States.Runtime',
    { 'address.$': '$.application.address' },
    { flagged: false },
    'States.Runtime',
    `An error occurred while executing the state 'P' (entered at the event id #2). The JSONPath '$.application.address' specified for the field 'address.$' could not be found in the input '{"flagged":false}'`,
  ),
];

function pass(name: string, proves: string, fields: object, input: Json, output: Json): RunCase {
  return { name, proves, definition: machine({ P: { Type: 'Pass', End: true, ...fields } }), input, output };
}

const result = 'ASL specification, ResultPath';
const shaping: Case[] = [
  pass('A Pass state passes its input on', 'ASL specification, Pass State', {}, { a: 1 }, { a: 1 }),
  pass('Result is the output', 'ASL specification, Pass State', { Result: { b: 2 } }, { a: 1 }, { b: 2 }),
  pass('Result may be null', 'ASL specification, Pass State', { Result: null }, { a: 1 }, null),
  pass(
    'InputPath selects the input',
    'ASL specification, InputPath',
    { InputPath: '$.in' },
    { in: { a: 1 } },
    { a: 1 },
  ),
  pass('InputPath null discards the input', 'ASL specification, InputPath', { InputPath: null }, { a: 1 }, {}),
  pass('OutputPath selects the output', 'ASL specification, OutputPath', { OutputPath: '$.a' }, { a: 1 }, 1),
  pass('OutputPath null discards the output', 'ASL specification, OutputPath', { OutputPath: null }, { a: 1 }, {}),
  pass(
    'Parameters see what InputPath selected',
    'ASL specification, Parameters',
    { InputPath: '$.in', Parameters: { 'b.$': '$.a' } },
    { in: { a: 1 } },
    { b: 1 },
  ),
  pass(
    'ResultPath puts the result into the raw input',
    result,
    { Result: 6, ResultPath: '$.sum' },
    { title: 'Numbers', numbers: [3, 4] },
    { title: 'Numbers', numbers: [3, 4], sum: 6 },
  ),
  pass(
    'ResultPath makes what is missing on the way',
    result,
    { Result: 6, ResultPath: '$.series.sum' },
    { title: 'Numbers' },
    { title: 'Numbers', series: { sum: 6 } },
  ),
  pass('ResultPath replaces what is there', result, { Result: 1, ResultPath: '$.a' }, { a: { b: 2 } }, { a: 1 }),
  pass(
    'ResultPath uses the raw input, not what InputPath selected',
    result,
    { InputPath: '$.in', ResultPath: '$.out' },
    { in: { a: 1 } },
    { in: { a: 1 }, out: { a: 1 } },
  ),
  pass('ResultPath null keeps the input', result, { Result: 1, ResultPath: null }, { a: 1 }, { a: 1 }),
  pass('ResultPath $ replaces the input', result, { Result: 1, ResultPath: '$' }, { a: 1 }, 1),
  pass(
    'ResultPath may lead to an element of an array',
    result,
    { Result: 9, ResultPath: '$.a[1]' },
    { a: [1, 2, 3] },
    { a: [1, 9, 3] },
  ),
  pass(
    'OutputPath selects after ResultPath',
    'ASL specification, Input and Output Processing',
    { Result: 1, ResultPath: '$.r', OutputPath: '$.r' },
    {},
    1,
  ),
  {
    name: 'ResultPath beyond the end of an array cannot be applied',
    proves: 'ASL specification, States.ResultPathMatchFailure',
    definition: machine({ P: { Type: 'Pass', Result: 1, ResultPath: '$.a[2]', End: true } }),
    input: { a: [0, 1] },
    status: 'FAILED',
    error: 'States.ResultPathMatchFailure',
  },
  {
    name: 'ResultPath below a string cannot be applied',
    proves: 'ASL specification, States.ResultPathMatchFailure',
    definition: machine({ P: { Type: 'Pass', Result: 1, ResultPath: '$.a', End: true } }),
    input: 'text',
    status: 'FAILED',
    error: 'States.ResultPathMatchFailure',
  },
  {
    name: 'InputPath that leads nowhere fails the state',
    proves: 'Developer guide, error name States.Runtime',
    definition: machine({ P: { Type: 'Pass', InputPath: '$.x.y', End: true } }),
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "Invalid path '$.x.y'",
    history: ['ExecutionStarted', 'PassStateEntered', 'ExecutionFailed'],
  },
  {
    name: 'OutputPath that leads nowhere fails the state',
    proves: 'Developer guide, error name States.Runtime',
    definition: machine({ P: { Type: 'Pass', OutputPath: '$.x', End: true } }),
    status: 'FAILED',
    error: 'States.Runtime',
  },
  {
    name: 'ResultSelector shapes the result of a task before ResultPath',
    proves: 'ASL specification, ResultSelector',
    definition: machine({ T: task({ ResultSelector: { 'id.$': '$.JobId', fixed: 1 }, ResultPath: '$.job' }) }),
    input: { a: 1 },
    tasks: { T: [{ output: { JobId: 'j', Status: 'SUCCEEDED' } }] },
    output: { a: 1, job: { id: 'j', fixed: 1 } },
  },
  {
    name: 'ResultSelector that leads nowhere fails the state',
    proves: 'ASL specification, States.ParameterPathFailure; reported by AWS as States.Runtime',
    definition: machine({ T: task({ ResultSelector: { 'id.$': '$.JobId' } }) }),
    tasks: { T: [{ output: {} }] },
    status: 'FAILED',
    error: 'States.Runtime',
  },
  {
    name: 'All five fields work together',
    proves: 'Developer guide, Input and output processing example',
    definition: machine({
      T: task({
        Resource: job,
        InputPath: '$.library',
        Parameters: { staticValue: 'Just a string', 'catalog.$': '$.movies', 'role.$': '$$.Execution.Name' },
        ResultSelector: { 'ok.$': '$.Status' },
        ResultPath: '$.out.result',
        OutputPath: '$.out',
      }),
    }),
    input: { library: { movies: ['a'] }, out: { kept: true } },
    tasks: { T: [{ output: { Status: 'yes' } }] },
    calls: [{ staticValue: 'Just a string', catalog: ['a'], role: 'run' }],
    output: { kept: true, result: { ok: 'yes' } },
  },
];

export const dataFlow: readonly Case[] = [...paths, ...context, ...templates, ...shaping];
