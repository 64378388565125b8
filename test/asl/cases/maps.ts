import { type Case, jsonata, machine, task } from '../case.ts';

const mapSpec = 'ASL specification, Map State';

const fail = (error: string) => ({ Type: 'Fail', Error: error, Cause: `${error} happened` });

const iterate = (fields: object, processor: object = machine({ I: { Type: 'Pass', End: true } })) =>
  machine({ M: { Type: 'Map', ItemProcessor: processor, End: true, ...fields } });

export const maps: readonly Case[] = [
  {
    name: 'Each item is the input of an iteration, and the outputs come in order',
    proves: mapSpec,
    definition: iterate({ ItemsPath: '$.xs' }, machine({ I: { Type: 'Pass', Parameters: { 'v.$': '$' }, End: true } })),
    input: { xs: [1, 'two', false] },
    output: [{ v: 1 }, { v: 'two' }, { v: false }],
  },
  {
    name: 'The history tells of each iteration',
    proves: 'API reference, HistoryEvent',
    definition: iterate({}),
    input: ['a'],
    output: ['a'],
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ],
    details: {
      MapStateStarted: { length: 1 },
      MapIterationStarted: { name: 'M', index: 0 },
      MapIterationSucceeded: { name: 'M', index: 0 },
    },
  },
  {
    name: 'A Map of no items gives none',
    proves: mapSpec,
    definition: iterate({}),
    input: [],
    output: [],
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ],
  },
  {
    name: 'Items that are no array fail the state',
    proves: mapSpec,
    definition: iterate({ ItemsPath: '$.xs' }),
    input: { xs: 5 },
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'Reference path "$.xs" must point to array.',
  },
  {
    name: 'ItemSelector makes the input of each iteration from the item, its index and the state',
    proves: mapSpec,
    definition: iterate({
      ItemsPath: '$.shipped',
      ItemSelector: { 'parcel.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index', 'courier.$': '$.courier' },
    }),
    input: { courier: 'UQS', shipped: [{ p: 1 }, { p: 2 }] },
    output: [
      { parcel: { p: 1 }, index: 0, courier: 'UQS' },
      { parcel: { p: 2 }, index: 1, courier: 'UQS' },
    ],
  },
  {
    name: 'Iterator and Parameters are the older names',
    proves: `${mapSpec}: deprecated fields`,
    definition: machine({
      M: {
        Type: 'Map',
        Parameters: { 'v.$': '$$.Map.Item.Value' },
        Iterator: machine({ I: { Type: 'Succeed' } }),
        End: true,
      },
    }),
    input: [7],
    output: [{ v: 7 }],
  },
  {
    name: 'States within an iteration see its item in the context object',
    proves: 'Developer guide, Context object data for Map states',
    definition: iterate(
      {},
      machine({
        I: { Type: 'Pass', Parameters: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value' }, End: true },
      }),
    ),
    input: ['a', 'b'],
    output: [
      { i: 0, v: 'a' },
      { i: 1, v: 'b' },
    ],
  },
  {
    name: 'The innermost Map decides what the item is',
    proves: 'Developer guide, Context object data for Map states',
    definition: iterate(
      {},
      machine({
        N: {
          Type: 'Map',
          ItemProcessor: machine({ I: { Type: 'Pass', Parameters: { 'v.$': '$$.Map.Item.Value' }, End: true } }),
          End: true,
        },
      }),
    ),
    input: [[1], [2, 3]],
    output: [[{ v: 1 }], [{ v: 2 }, { v: 3 }]],
  },
  {
    name: 'InputPath comes before ItemsPath, ResultSelector and ResultPath after',
    proves: mapSpec,
    definition: iterate({
      InputPath: '$.in',
      ItemsPath: '$.xs',
      ResultSelector: { 'n.$': 'States.ArrayLength($)' },
      ResultPath: '$.out',
    }),
    input: { in: { xs: [1, 2] } },
    output: { in: { xs: [1, 2] }, out: { n: 2 } },
  },
  {
    name: 'MaxConcurrency 1 runs one after the other',
    proves: mapSpec,
    definition: iterate({ MaxConcurrency: 1 }, machine({ W: { Type: 'Wait', Seconds: 2, End: true } })),
    input: [1, 2, 3],
    output: [1, 2, 3],
    seconds: 6,
  },
  {
    name: 'MaxConcurrency 2 runs two at once',
    proves: mapSpec,
    definition: iterate({ MaxConcurrency: 2 }, machine({ W: { Type: 'Wait', Seconds: 2, End: true } })),
    input: [1, 2, 3],
    seconds: 4,
  },
  {
    name: 'MaxConcurrencyPath takes it from the input',
    proves: mapSpec,
    definition: iterate(
      { ItemsPath: '$.xs', MaxConcurrencyPath: '$.c' },
      machine({ W: { Type: 'Wait', Seconds: 2, End: true } }),
    ),
    input: { xs: [1, 2, 3], c: 1 },
    seconds: 6,
  },
  {
    name: 'MaxConcurrency 0, the default, runs up to 40 at once',
    proves: 'Developer guide, Map state in Inline mode',
    definition: iterate({}, machine({ W: { Type: 'Wait', Seconds: 2, End: true } })),
    input: Array.from({ length: 41 }, (_, i) => i),
    seconds: 4,
  },
  {
    name: 'An iteration that fails fails the state, and the others are stopped',
    proves: mapSpec,
    definition: iterate({}, machine({ T: task() })),
    input: ['slow', 'bad'],
    tasks: { T: [{ never: true }, { error: 'E', cause: 'c', after: 1 }] },
    status: 'FAILED',
    error: 'E',
    cause: 'c',
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'MapIterationStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ],
    details: { MapIterationFailed: { name: 'M', index: 1 }, MapIterationAborted: { name: 'M', index: 0 } },
  },
  {
    name: 'A catcher of the Map takes the error of an iteration',
    proves: mapSpec,
    definition: machine({
      M: {
        Type: 'Map',
        ItemProcessor: machine({ F: fail('Bad') }),
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'H' }],
        End: true,
      },
      H: { Type: 'Pass', End: true },
    }),
    input: [1],
    output: { Error: 'Bad', Cause: 'Bad happened' },
  },
  {
    name: 'A retry of the Map runs all items again',
    proves: mapSpec,
    definition: iterate({ Retry: [{ ErrorEquals: ['E'] }], MaxConcurrency: 1 }, machine({ T: task() })),
    input: ['a', 'b'],
    tasks: { T: [{ output: 1 }, { error: 'E' }, { output: 2 }, { output: 3 }] },
    output: [2, 3],
    calls: ['a', 'b', 'a', 'b'],
    seconds: 1,
  },
  {
    name: 'An ItemSelector that fails fails the Map',
    proves: mapSpec,
    definition: iterate({ ItemSelector: { 'x.$': '$.missing' } }),
    input: [1],
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "the state 'M'",
  },
  {
    name: 'Results above 256 KiB in all fail the state',
    proves: 'Developer guide, error name States.DataLimitExceeded',
    definition: iterate({}, machine({ I: { Type: 'Pass', Parameters: { t: 'x'.repeat(100_000) }, End: true } })),
    input: [1, 2, 3],
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  },
  {
    name: 'JSONata: Items, ItemSelector and the context object',
    proves: 'Developer guide, Map state fields',
    definition: jsonata({
      M: {
        Type: 'Map',
        Items: '{% $states.input.xs[v > 1] %}',
        ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value.v %}' },
        ItemProcessor: machine({ I: { Type: 'Succeed' } }),
        Output: '{% $states.result.v %}',
        End: true,
      },
    }),
    input: { xs: [{ v: 1 }, { v: 2 }, { v: 3 }] },
    output: [2, 3],
  },
  {
    name: 'JSONata: Items may be written as an array',
    proves: 'Developer guide, Map state fields',
    definition: jsonata({
      M: {
        Type: 'Map',
        Items: [1, '{% $states.input.two %}'],
        ItemProcessor: machine({ I: { Type: 'Succeed' } }),
        End: true,
      },
    }),
    input: { two: 2 },
    output: [1, 2],
  },
  {
    name: 'JSONata: Items that are a number fail the state',
    proves: 'Developer guide, error name States.QueryEvaluationError',
    definition: jsonata({
      M: { Type: 'Map', Items: '{% 5 %}', ItemProcessor: machine({ I: { Type: 'Succeed' } }), End: true },
    }),
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: "Expected 'array', but was 'number'",
  },
  {
    name: 'JSONata: MaxConcurrency',
    proves: 'Developer guide, Map state fields',
    definition: jsonata({
      M: {
        Type: 'Map',
        MaxConcurrency: '{% 1 %}',
        ItemProcessor: machine({ W: { Type: 'Wait', Seconds: 1, End: true } }),
        End: true,
      },
    }),
    input: [1, 2],
    seconds: 2,
  },
];
