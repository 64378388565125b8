import { type Case, expression, expressionFails, jsonata, machine, task } from '../case.ts';

const guide = 'Developer guide, Transforming data with JSONata';
const added = 'Developer guide, JSONata functions provided by Step Functions';
const failures = 'Developer guide, error name States.QueryEvaluationError';

const functions: Case[] = [
  expression('$partition makes chunks', added, '$partition([1,2,3,4,5,6,7,8,9], 4)', {}, [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9],
  ]),
  expression('$range counts by a step', added, '$range(0, 10, 2)', {}, [0, 2, 4, 6, 8, 10]),
  expression('$range counts down', added, '$range(3, 1, -1)', {}, [3, 2, 1]),
  expression('$hash digests', added, "$hash('abc', 'SHA-1')", {}, 'a9993e364706816aba3e25717850c26c9cd0d89d'),
  expression('$random with the same seed gives the same number', added, '$random(7) = $random(7)', {}, true),
  expression('$random lies from 0 to below 1', added, '($r := $random(); $r >= 0 and $r < 1)', {}, true),
  expression('Two calls of $random differ', added, '$random() != $random()', {}, true),
  expression(
    '$uuid gives a UUID of version 4',
    added,
    "$length($uuid()) = 36 and $substring($uuid(), 14, 1) = '4'",
    {},
    true,
  ),
  expression('$parse reads JSON', added, '$parse($states.input.t)', { t: '{"a": [1, null]}' }, { a: [1, null] }),
  expression('$now is the time of the event', guide, '$now()', {}, '2024-01-01T00:00:00.000Z'),
  expression('$now takes a picture', guide, "$now('[Y0001]-[M01]')", {}, '2024-01'),
  expression('$millis is the time of the event', guide, '$millis()', {}, 1704067200000),
  expression(
    '$toMillis takes missing parts from the time of the event',
    guide,
    "$toMillis('12:30', '[H01]:[m01]')",
    {},
    1704112200000,
  ),
  expression('$shuffle keeps the items', guide, '$sort($shuffle([3,1,2]))', {}, [1, 2, 3]),
  expression('$distinct drops repeats', guide, '$distinct([1, 1, {"a":1}, {"a":1}])', {}, [1, { a: 1 }]),
  expression('$pad pads on either side', guide, "$pad('x', 3, '-') & $pad('x', -3, '#')", {}, 'x--##x'),
  expression('$join joins', guide, "$join(['a','b'], ', ')", {}, 'a, b'),
  expression(
    'Maps, filters and reductions',
    guide,
    '$sum($map($filter($states.input.xs, function($x) { $x > 1 }), function($x) { $x * 10 }))',
    { xs: [1, 2, 3] },
    50,
  ),
  expression(
    'Objects and grouping',
    guide,
    '$states.input.xs{k: $sum(v)}',
    {
      xs: [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
        { k: 'a', v: 3 },
      ],
    },
    { a: 4, b: 2 },
  ),
  expression(
    'A path over an array gives all members',
    guide,
    '$states.input.xs.n',
    { xs: [{ n: 3 }, { n: 9 }] },
    [3, 9],
  ),
  expression('A path to one gives that one', guide, '$states.input.xs.n', { xs: [{ n: 3 }] }, 3),
  expression('null is a value', guide, '$states.input.n', { n: null }, null),
  expression('The context object', guide, '$states.context.Execution.Name & $states.context.State.Name', {}, 'runP'),
  expression('Regular expressions match', guide, "$replace('2024-05', /(\\d+)-(\\d+)/, '$2/$1')", {}, '05/2024'),
  expression('$contains with a regular expression', guide, "$contains('abracadabra', /a.*a$/)", {}, true),
  expression('$split with a regular expression', guide, "$split('a, b;c', /[,;]\\s*/)", {}, ['a', 'b', 'c']),
  expression('$match gives groups', guide, "$match('ababbabbcc', /a(b+)/).groups", {}, ['b', 'bb', 'bb']),
];

const problems: Case[] = [
  expressionFails(
    'An expression that gives nothing fails the state',
    failures,
    '$states.input.missing',
    {},
    "An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression '$states.input.missing' specified for the field 'Output' returned nothing (undefined).",
  ),
  expressionFails('A type error fails the state', failures, "1 + 'a'", {}, 'threw an error during evaluation. T2002'),
  expressionFails('$error fails the state', failures, "$error('mine')", {}, 'mine'),
  expressionFails(
    '$eval does not exist',
    `${guide}: $eval is not supported`,
    "$eval('1+1')",
    {},
    'threw an error during evaluation. T1006',
  ),
  expressionFails('$parse of no JSON fails the state', added, "$parse('{')", {}, 'not valid JSON'),
  expressionFails('A function is no JSON', failures, '$sum', {}, 'is not JSON'),
  expressionFails(
    'Endless recursion is stopped',
    'Batchyard: evaluation is limited',
    '($f := function($n) { 1 + $f($n + 1) }; $f(0))',
    {},
    'threw an error during evaluation',
  ),
  expressionFails(
    'An endless tail recursion is stopped',
    'Batchyard: evaluation is limited',
    '($f := function($n) { $f($n + 1) }; $f(0))',
    {},
    'threw an error during evaluation: Expression evaluation timeout: Check for infinite loop',
  ),
  expressionFails(
    'A huge range is stopped',
    'Batchyard: evaluation is limited',
    '$count([1..5000000])',
    {},
    'threw an error during evaluation',
  ),
  expressionFails(
    'A huge string is stopped',
    'Batchyard: evaluation is limited',
    "$pad('x', 100000000)",
    {},
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
  ),
  expressionFails(
    'A string that doubles is stopped',
    'Batchyard: evaluation is limited',
    "$length($reduce([1..40], function($s, $i) { $s & $s }, 'xx'))",
    {},
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
  ),
  expressionFails(
    'A value that doubles is stopped',
    'Batchyard: evaluation is limited',
    '$reduce([1..40], function($o, $i) { [$o, $o] }, [1])',
    {},
    'threw an error during evaluation',
  ),
  expressionFails(
    'A regular expression that explodes elsewhere does not here',
    'Batchyard: evaluation is limited',
    "$error($string($contains($pad('a', 5000, 'a') & 'b', /^(a+)+$/)))",
    {},
    'false',
  ),
  expression(
    'A regular expression takes time in proportion to a long text',
    'Batchyard: evaluation is limited',
    "$contains($pad('a', 900000, 'a'), /(a|a)*(a|a)*b/)",
    {},
    false,
  ),
  {
    name: 'The field of a failed expression is named by its place',
    proves: failures,
    definition: jsonata({ P: { Type: 'Pass', Output: { a: [1, { v: '{% $states.input.x %}' }] }, End: true } }),
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: "specified for the field 'Output/a[1]/v' returned nothing",
    history: ['ExecutionStarted', 'PassStateEntered', 'EvaluationFailed', 'ExecutionFailed'],
    details: { EvaluationFailed: { state: 'P', location: 'Output/a[1]/v', error: 'States.QueryEvaluationError' } },
  },
  {
    name: 'An expression of a task that fails can be caught',
    proves: failures,
    definition: jsonata({
      T: task({
        Arguments: { x: '{% $states.input.x %}' },
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'H', Output: '{% $states.errorOutput.Error %}' }],
      }),
      H: { Type: 'Succeed' },
    }),
    output: 'States.QueryEvaluationError',
    calls: [],
    history: [
      'ExecutionStarted',
      'TaskStateEntered',
      'EvaluationFailed',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ],
  },
  {
    name: 'A Condition that is no boolean fails the state',
    proves: failures,
    definition: jsonata({
      C: { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'S' }], Default: 'S' },
      S: { Type: 'Succeed' },
    }),
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: `specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'string' for value: "yes"`,
  },
];

const fields: Case[] = [
  {
    name: 'Strings without {% %} are as they are',
    proves: guide,
    definition: jsonata({
      P: {
        Type: 'Pass',
        Output: { a: '$states.input', b: 'x {% y', c: '{% $states.input.n %}', d: [true, null] },
        End: true,
      },
    }),
    input: { n: 1 },
    output: { a: '$states.input', b: 'x {% y', c: 1, d: [true, null] },
  },
  {
    name: 'A Pass state without Output passes its input on',
    proves: guide,
    definition: jsonata({ P: { Type: 'Pass', End: true } }),
    input: { n: 1 },
    output: { n: 1 },
  },
  {
    name: 'Arguments are what the task gets, Output is made of its result and input',
    proves: guide,
    definition: jsonata({
      T: task({
        Arguments: { JobName: '{% $states.input.name %}' },
        Output: { id: '{% $states.result.JobId %}', name: '{% $states.input.name %}' },
      }),
    }),
    input: { name: 'n' },
    tasks: { T: [{ output: { JobId: 'j' } }] },
    calls: [{ JobName: 'n' }],
    output: { id: 'j', name: 'n' },
  },
  {
    name: 'Without Arguments the task gets the input, without Output the result is the output',
    proves: guide,
    definition: jsonata({ T: task() }),
    input: { name: 'n' },
    tasks: { T: [{ output: { JobId: 'j' } }] },
    calls: [{ name: 'n' }],
    output: { JobId: 'j' },
  },
  {
    name: 'Arguments may be one expression',
    proves: guide,
    definition: jsonata({ T: task({ Arguments: '{% $states.input.all %}' }) }),
    input: { all: { a: 1 } },
    tasks: { T: [{ output: 1 }] },
    calls: [{ a: 1 }],
  },
  {
    name: 'A Catch without Output passes the error output on',
    proves: 'Developer guide, Fallback states',
    definition: jsonata({ T: task({ Catch: [{ ErrorEquals: ['E'], Next: 'H' }] }), H: { Type: 'Succeed' } }),
    tasks: { T: [{ error: 'E', cause: 'c' }] },
    output: { Error: 'E', Cause: 'c' },
  },
  {
    name: 'A Choice rule has an Output of its own',
    proves: 'Developer guide, Choice state (JSONata)',
    definition: jsonata({
      C: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'S', Output: 'big' }],
        Default: 'S',
        Output: 'small',
      },
      S: { Type: 'Succeed' },
    }),
    input: { n: 2 },
    output: 'big',
  },
  {
    name: 'The Output of a Choice state is that of its Default',
    proves: 'Developer guide, Choice state (JSONata)',
    definition: jsonata({
      C: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'S', Output: 'big' }],
        Default: 'S',
        Output: 'small',
      },
      S: { Type: 'Succeed' },
    }),
    input: { n: 1 },
    output: 'small',
  },
  {
    name: 'A Condition may be a constant',
    proves: 'Developer guide, Choice state (JSONata)',
    definition: jsonata({
      C: {
        Type: 'Choice',
        Choices: [
          { Condition: false, Next: 'A' },
          { Condition: true, Next: 'B' },
        ],
      },
      A: { Type: 'Pass', Output: 'a', End: true },
      B: { Type: 'Pass', Output: 'b', End: true },
    }),
    output: 'b',
  },
  {
    name: 'A Succeed state has an Output',
    proves: 'Developer guide, Succeed state',
    definition: jsonata({ S: { Type: 'Succeed', Output: '{% $states.input.a %}' } }),
    input: { a: 1 },
    output: 1,
  },
  {
    name: 'A Wait state has an Output',
    proves: 'Developer guide, Wait state',
    definition: jsonata({ W: { Type: 'Wait', Seconds: 1, Output: '{% $states.input.a %}', End: true } }),
    input: { a: 1 },
    output: 1,
  },
  {
    name: 'Output of a task above 256 KiB fails the state',
    proves: 'Developer guide, error name States.DataLimitExceeded',
    definition: jsonata({ P: { Type: 'Pass', Output: "{% $pad('x', 300000) %}", End: true } }),
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  },
];

const mixed: Case[] = [
  {
    name: 'A state of a JSONPath machine may use JSONata',
    proves: 'Developer guide, QueryLanguage',
    definition: machine({
      A: { Type: 'Pass', Parameters: { 'x.$': '$.n' }, Next: 'B' },
      B: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $states.input.x + 1 %}', End: true },
    }),
    input: { n: 1 },
    output: 2,
  },
  {
    name: 'A JSONata state within a JSONPath Map',
    proves: 'Developer guide, QueryLanguage',
    definition: machine({
      M: {
        Type: 'Map',
        ItemsPath: '$.xs',
        ItemProcessor: machine({
          I: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $states.input * 2 %}', End: true },
        }),
        End: true,
      },
    }),
    input: { xs: [1, 2] },
    output: [2, 4],
  },
  {
    name: 'States within a JSONata Map of a JSONPath machine use JSONPath',
    proves: "Developer guide, QueryLanguage: a state takes the state machine's",
    definition: machine({
      M: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        Items: '{% $states.input.xs %}',
        ItemProcessor: machine({ I: { Type: 'Pass', Parameters: { 'v.$': '$' }, End: true } }),
        End: true,
      },
    }),
    input: { xs: [1] },
    output: [{ v: 1 }],
  },
  {
    name: 'A variable set in one language is read in the other',
    proves: 'Developer guide, Passing data with variables',
    definition: machine({
      A: { Type: 'Pass', Assign: { 'x.$': '$.n' }, Next: 'B' },
      B: { Type: 'Pass', QueryLanguage: 'JSONata', Assign: { y: '{% $x + 1 %}' }, Next: 'C' },
      C: { Type: 'Pass', Parameters: { 'sum.$': 'States.MathAdd($x, $y)' }, End: true },
    }),
    input: { n: 1 },
    output: { sum: 3 },
  },
];

export const jsonataCases: readonly Case[] = [...functions, ...problems, ...fields, ...mixed];
