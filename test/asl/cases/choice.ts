import type { Json } from '../../../src/asl/index.ts';
import { type Case, machine, type RunCase } from '../case.ts';

const spec = 'ASL specification, Choice State';

/** A Choice state with one rule: the output tells whether it applied. */
function rule(name: string, proves: string, condition: object, input: Json, applies: boolean): RunCase {
  const definition = machine({
    C: { Type: 'Choice', Choices: [{ ...condition, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: true, End: true },
    No: { Type: 'Pass', Result: false, End: true },
  });
  return { name, proves, definition, input, output: applies };
}

function fails(name: string, condition: object, input: Json): RunCase {
  const run = rule(
    name,
    'Developer guide, Choice state: a Variable that is not there fails with States.Runtime',
    condition,
    input,
    true,
  );
  const { output: _output, ...rest } = run;
  return {
    ...rest,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "The choice state's condition path references an invalid value.",
  };
}

const ordered: readonly (readonly [string, number])[] = [
  ['Equals', 0],
  ['LessThan', -1],
  ['GreaterThan', 1],
  ['LessThanEquals', -1],
  ['GreaterThanEquals', 1],
];

/** Every ordering of a type on a smaller, an equal and a greater value: what applies follows from the names. */
function orderings(type: string, [small, middle, great]: readonly [Json, Json, Json]): RunCase[] {
  const values = [small, middle, great];
  return ordered.flatMap(([ordering, sign]) =>
    values.flatMap((value, i) => {
      const applies = i - 1 === sign || (ordering.endsWith('Equals') && i === 1);
      const operator = `${type}${ordering}`;
      const words = `${operator} on ${JSON.stringify(value)} and ${JSON.stringify(middle)} ${applies ? 'applies' : 'does not apply'}`;
      return [
        rule(words, `${spec}, ${operator}`, { Variable: '$.v', [operator]: middle }, { v: value }, applies),
        rule(
          `${words}, by path`,
          `${spec}, ${operator}Path`,
          { Variable: '$.v', [`${operator}Path`]: '$.w' },
          { v: value, w: middle },
          applies,
        ),
      ];
    }),
  );
}

const timestamps = ['2016-03-14T01:59:00Z', '2016-08-18T17:33:00Z', '2017-01-01T00:00:00Z'] as const;

const types: RunCase[] = [
  rule('BooleanEquals applies to the same boolean', spec, { Variable: '$.v', BooleanEquals: true }, { v: true }, true),
  rule(
    'BooleanEquals does not apply to the other',
    spec,
    { Variable: '$.v', BooleanEquals: true },
    { v: false },
    false,
  ),
  rule(
    'BooleanEqualsPath compares two booleans',
    spec,
    { Variable: '$.v', BooleanEqualsPath: '$.w' },
    { v: false, w: false },
    true,
  ),
  rule(
    'StringEquals does not apply to a number',
    `${spec}: values of other types do not match`,
    { Variable: '$.v', StringEquals: '1' },
    { v: 1 },
    false,
  ),
  rule(
    'NumericEquals does not apply to a string',
    `${spec}: values of other types do not match`,
    { Variable: '$.v', NumericEquals: 1 },
    { v: '1' },
    false,
  ),
  rule(
    'NumericEquals does not apply to null',
    `${spec}: values of other types do not match`,
    { Variable: '$.v', NumericEquals: 0 },
    { v: null },
    false,
  ),
  rule(
    'BooleanEquals does not apply to a string',
    `${spec}: values of other types do not match`,
    { Variable: '$.v', BooleanEquals: true },
    { v: 'true' },
    false,
  ),
  rule(
    'TimestampEquals does not apply to a text that is no timestamp',
    spec,
    { Variable: '$.v', TimestampEquals: timestamps[0] },
    { v: 'today' },
    false,
  ),
  rule(
    'StringLessThanPath does not apply when the other is a number',
    spec,
    { Variable: '$.v', StringLessThanPath: '$.w' },
    { v: 'a', w: 5 },
    false,
  ),
  rule(
    'TimestampEquals compares the time, not the text',
    `${spec}, Timestamps`,
    { Variable: '$.v', TimestampEquals: '2016-08-18T17:33:00Z' },
    { v: '2016-08-18T19:33:00+02:00' },
    true,
  ),
  rule(
    'TimestampLessThan sees fractions of seconds',
    `${spec}, Timestamps`,
    { Variable: '$.v', TimestampLessThan: '2016-08-18T17:33:00.500Z' },
    { v: '2016-08-18T17:33:00.499Z' },
    true,
  ),
  rule('NumericEquals compares 1 and 1.0 as equal', spec, { Variable: '$.v', NumericEquals: 1.0 }, { v: 1 }, true),
];

const matches: RunCase[] = (
  [
    ['log-*.txt', 'log-2024.txt', true],
    ['log-*.txt', 'log-.txt', true],
    ['log-*.txt', 'log-2024.csv', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['*b*', 'abc', true],
    ['*b*', 'acc', false],
    ['a*b*c', 'aXXbYYc', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'aXb', false],
    ['a\\\\b', 'a\\b', true],
    ['a\\\\*b', 'a\\XXb', true],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['', '', true],
    ['a.c', 'abc', false],
  ] as const
).map(([pattern, text, applies]) =>
  rule(
    `StringMatches ${pattern} ${applies ? 'applies' : 'does not apply'} to '${text}'`,
    'ASL specification, StringMatches: * is a wildcard, \\* and \\\\ are characters',
    { Variable: '$.v', StringMatches: pattern },
    { v: text },
    applies,
  ),
);

const presence: RunCase[] = (
  [
    ['IsNull', { v: null }, true],
    ['IsNull', { v: 0 }, false],
    ['IsPresent', { v: null }, true],
    ['IsPresent', {}, false],
    ['IsNumeric', { v: 1.5 }, true],
    ['IsNumeric', { v: '1.5' }, false],
    ['IsString', { v: '' }, true],
    ['IsString', { v: 1 }, false],
    ['IsBoolean', { v: false }, true],
    ['IsBoolean', { v: 'false' }, false],
    ['IsTimestamp', { v: '2001-01-01T12:00:00Z' }, true],
    ['IsTimestamp', { v: '2001-01-01T12:00:00+05:30' }, true],
    ['IsTimestamp', { v: '2001-01-01t12:00:00z' }, false],
    ['IsTimestamp', { v: '2001-01-01' }, false],
    ['IsTimestamp', { v: '2001-13-01T12:00:00Z' }, false],
    ['IsTimestamp', { v: 978307200 }, false],
  ] as const
).flatMap(([test, input, is]) => [
  rule(
    `${test}: true on ${JSON.stringify(input)} ${is ? 'applies' : 'does not apply'}`,
    `${spec}, ${test}`,
    { Variable: '$.v', [test]: true },
    input,
    is,
  ),
  rule(
    `${test}: false on ${JSON.stringify(input)} ${is ? 'does not apply' : 'applies'}`,
    `${spec}, ${test}`,
    { Variable: '$.v', [test]: false },
    input,
    !is,
  ),
]);

const yes = { Variable: '$.a', NumericEquals: 1 };
const no = { Variable: '$.a', NumericEquals: 2 };
const logic: RunCase[] = [
  rule('And applies when all of its rules do', `${spec}, And`, { And: [yes, yes] }, { a: 1 }, true),
  rule('And does not apply when one does not', `${spec}, And`, { And: [yes, no] }, { a: 1 }, false),
  rule('Or applies when one of its rules does', `${spec}, Or`, { Or: [no, yes] }, { a: 1 }, true),
  rule('Or does not apply when none does', `${spec}, Or`, { Or: [no, no] }, { a: 1 }, false),
  rule('Not applies when its rule does not', `${spec}, Not`, { Not: no }, { a: 1 }, true),
  rule('Not does not apply when its rule does', `${spec}, Not`, { Not: yes }, { a: 1 }, false),
  rule('And, Or and Not nest', spec, { And: [{ Not: no }, { Or: [no, { And: [yes, yes] }] }] }, { a: 1 }, true),
  rule(
    'A rule that IsPresent guards is not evaluated when it is absent',
    `${spec}, IsPresent`,
    {
      And: [
        { Variable: '$.x', IsPresent: true },
        { Variable: '$.x', NumericEquals: 1 },
      ],
    },
    {},
    false,
  ),
  rule(
    'A Variable may be of the context object',
    'Developer guide, Context object',
    { Variable: '$$.Execution.Name', StringEquals: 'run' },
    {},
    true,
  ),
  rule(
    'A comparand may be of the context object',
    'Developer guide, Context object',
    { Variable: '$.v', StringEqualsPath: '$$.State.Name' },
    { v: 'C' },
    true,
  ),
];

const flow: Case[] = [
  {
    name: 'The first rule that applies decides',
    proves: `${spec}: rules are evaluated in order`,
    definition: machine({
      C: {
        Type: 'Choice',
        Choices: [
          { ...yes, Next: 'First' },
          { ...yes, Next: 'Second' },
        ],
      },
      First: { Type: 'Pass', Result: 'first', End: true },
      Second: { Type: 'Pass', Result: 'second', End: true },
    }),
    input: { a: 1 },
    output: 'first',
    history: [
      'ExecutionStarted',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ],
    details: { ChoiceStateExited: { name: 'C', output: '{"a":1}' } },
  },
  {
    name: 'Without a Default, no rule that applies is an error',
    proves: 'ASL specification, States.NoChoiceMatched',
    definition: machine({ C: { Type: 'Choice', Choices: [{ ...no, Next: 'S' }] }, S: { Type: 'Succeed' } }),
    input: { a: 1 },
    status: 'FAILED',
    error: 'States.NoChoiceMatched',
    history: ['ExecutionStarted', 'ChoiceStateEntered', 'ExecutionFailed'],
  },
  {
    name: 'A Choice state passes on what InputPath and OutputPath leave',
    proves: 'ASL specification, Input and Output Processing',
    definition: machine({
      C: {
        Type: 'Choice',
        InputPath: '$.in',
        OutputPath: '$.out',
        Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'S' }],
      },
      S: { Type: 'Succeed' },
    }),
    input: { in: { a: 1, out: 'this' } },
    output: 'this',
  },
  fails('A Variable that leads nowhere fails the execution', { Variable: '$.missing', NumericEquals: 1 }, {}),
  fails(
    'A path to compare with that leads nowhere fails it too',
    { Variable: '$.v', NumericEqualsPath: '$.missing' },
    { v: 1 },
  ),
  fails('IsNull of a variable that is not there fails it too', { Variable: '$.missing', IsNull: true }, {}),
];

export const choice: readonly Case[] = [
  ...orderings('String', ['a', 'b', 'c']),
  ...orderings('Numeric', [-1, 0, 1.5]),
  ...orderings('Timestamp', timestamps),
  ...types,
  ...matches,
  ...presence,
  ...logic,
  ...flow,
];
