import { type Case, jsonata, machine, task } from '../case.ts';

const guide = 'Developer guide, Passing data between states with variables';
const show = (text: string) => ({ Type: 'Pass', Output: `{% ${text} %}`, End: true });

export const variables: readonly Case[] = [
  {
    name: 'Assign sets variables that later states read',
    proves: guide,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { productName: 'product1', count: 42, available: true }, Next: 'B' },
      B: { Type: 'Pass', Next: 'C' },
      C: show('$productName & $string($count) & $string($available)'),
    }),
    output: 'product142true',
    details: {
      PassStateExited: {
        assignedVariables: { productName: '"product1"', count: '42', available: 'true' },
        assignedVariablesDetails: { truncated: false },
      },
    },
  },
  {
    name: 'JSONPath states read them as $name',
    proves: guide,
    definition: machine({
      A: { Type: 'Pass', Assign: { 'o.$': '$.in', fixed: 'x' }, Next: 'B' },
      B: {
        Type: 'Pass',
        Parameters: { 'a.$': '$o.a[1]', 'all.$': '$o', 'f.$': "States.Format('{}!', $fixed)" },
        End: true,
      },
    }),
    input: { in: { a: [1, 2] } },
    output: { a: 2, all: { a: [1, 2] }, f: 'x!' },
  },
  {
    name: 'A variable that was never set fails the state',
    proves: guide,
    definition: machine({ B: { Type: 'Pass', Parameters: { 'a.$': '$nothing' }, End: true } }),
    status: 'FAILED',
    error: 'States.Runtime',
  },
  {
    name: 'A variable that was never set fails a JSONata state',
    proves: guide,
    definition: jsonata({ B: show('$nothing') }),
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
  },
  {
    name: 'All of an Assign sees the values from before it',
    proves: `${guide}: order of evaluation`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: 1, a: 10 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $a %}', nextX: '{% $x %}' }, Next: 'C' },
      C: show('[$x, $nextX]'),
    }),
    output: [10, 1],
  },
  {
    name: 'Output sees the values from before Assign',
    proves: `${guide}: order of evaluation`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: 2 }, Output: '{% $x %}', Next: 'C' },
      C: show('[$states.input, $x]'),
    }),
    output: [1, 2],
  },
  {
    name: 'Assign of a task sees its result',
    proves: guide,
    definition: jsonata({
      T: {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        Assign: { id: '{% $states.result.JobId %}' },
        Output: '{% $states.input %}',
        Next: 'B',
      },
      B: show('$id'),
    }),
    tasks: { T: [{ output: { JobId: 'j' } }] },
    output: 'j',
  },
  {
    name: 'In JSONPath, $ of the Assign of a task is its result',
    proves: guide,
    definition: machine({
      T: {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        Assign: { 'id.$': '$.JobId' },
        ResultPath: null,
        Next: 'B',
      },
      B: { Type: 'Pass', Parameters: { 'id.$': '$id' }, End: true },
    }),
    tasks: { T: [{ output: { JobId: 'j' } }] },
    output: { id: 'j' },
  },
  {
    name: 'A Choice rule that applies assigns, the state does not',
    proves: 'Developer guide, Choice state: Assign',
    definition: jsonata({
      C: {
        Type: 'Choice',
        Assign: { x: 'default' },
        Choices: [{ Condition: '{% $states.input.n = 1 %}', Assign: { x: 'rule' }, Next: 'B' }],
        Default: 'B',
      },
      B: show('$x'),
    }),
    input: { n: 1 },
    output: 'rule',
  },
  {
    name: 'The Assign of a Choice state is for its Default',
    proves: 'Developer guide, Choice state: Assign',
    definition: jsonata({
      C: {
        Type: 'Choice',
        Assign: { x: 'default' },
        Choices: [{ Condition: '{% $states.input.n = 1 %}', Assign: { x: 'rule' }, Next: 'B' }],
        Default: 'B',
      },
      B: show('$x'),
    }),
    input: { n: 2 },
    output: 'default',
  },
  {
    name: 'A Wait state assigns',
    proves: guide,
    definition: jsonata({
      W: { Type: 'Wait', Seconds: 1, Assign: { x: '{% $states.input.n %}' }, Next: 'B' },
      B: show('$x'),
    }),
    input: { n: 3 },
    output: 3,
  },
  {
    name: 'A catcher assigns from the error output',
    proves: guide,
    definition: jsonata({
      T: task({ Catch: [{ ErrorEquals: ['E'], Assign: { why: '{% $states.errorOutput.Cause %}' }, Next: 'B' }] }),
      B: show('$why'),
    }),
    tasks: { T: [{ error: 'E', cause: 'c' }] },
    output: 'c',
  },
  {
    name: 'In JSONPath, $ of the Assign of a catcher is the error output',
    proves: guide,
    definition: machine({
      T: task({ Catch: [{ ErrorEquals: ['E'], Assign: { 'why.$': '$.Cause' }, ResultPath: null, Next: 'B' }] }),
      B: { Type: 'Pass', Parameters: { 'w.$': '$why' }, End: true },
    }),
    tasks: { T: [{ error: 'E', cause: 'c' }] },
    output: { w: 'c' },
  },
  {
    name: 'A state that fails assigns nothing',
    proves: guide,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: 'before' }, Next: 'T' },
      T: task({ Assign: { x: 'after' }, Catch: [{ ErrorEquals: ['E'], Next: 'B' }] }),
      B: show('$x'),
    }),
    tasks: { T: [{ error: 'E' }] },
    output: 'before',
  },
  {
    name: 'Branches read outer variables',
    proves: `${guide}: scope`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: 5 }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [machine({ B: show('$x + 1') })], End: true },
    }),
    output: [6],
  },
  {
    name: 'Iterations read outer variables, nested ones too',
    proves: `${guide}: scope`,
    definition: machine({
      A: { Type: 'Pass', Assign: { x: 5 }, Next: 'M' },
      M: {
        Type: 'Map',
        ItemsPath: '$.xs',
        ItemProcessor: machine({
          N: {
            Type: 'Map',
            ItemProcessor: machine({ I: { Type: 'Pass', Parameters: { 'x.$': '$x' }, End: true } }),
            End: true,
          },
        }),
        End: true,
      },
    }),
    input: { xs: [[1]] },
    output: [[{ x: 5 }]],
  },
  {
    name: 'Inner variables are not seen outside',
    proves: `${guide}: scope`,
    definition: jsonata({
      P: { Type: 'Parallel', Branches: [machine({ A: { Type: 'Pass', Assign: { inner: 1 }, End: true } })], Next: 'B' },
      B: show('$exists($inner)'),
    }),
    output: false,
  },
  {
    name: 'Sibling branches may use the same name, each for itself',
    proves: `${guide}: scope`,
    definition: jsonata({
      P: {
        Type: 'Parallel',
        Branches: [
          machine({ A: { Type: 'Pass', Assign: { v: 1 }, Next: 'A2' }, A2: show('$v') }),
          machine({ B: { Type: 'Pass', Assign: { v: 2 }, Next: 'B2' }, B2: show('$v') }),
        ],
        End: true,
      },
    }),
    output: [1, 2],
  },
  {
    name: 'A distributed Map does not read outer variables',
    proves: `${guide}: scope`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: 5 }, Next: 'M' },
      M: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...machine({ I: show('$exists($x)') }),
        },
        End: true,
      },
    }),
    output: [false],
  },
  {
    name: 'A variable above 256 KiB fails the state',
    proves: `${guide}: limits`,
    definition: jsonata({ A: { Type: 'Pass', Assign: { x: "{% $pad('x', 262145) %}" }, End: true } }),
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  },
  {
    name: 'One Assign may not set more than 256 KiB in all',
    proves: `${guide}: limits`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { x: "{% $pad('x', 200000) %}", y: "{% $pad('x', 100000) %}" }, End: true },
    }),
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  },
  {
    name: 'The variables of an execution may not exceed 10 MiB',
    proves: `${guide}: limits`,
    definition: jsonata({
      A: { Type: 'Pass', Assign: { n: 0 }, Next: 'L' },
      L: { Type: 'Choice', Choices: [41, 40].map((n) => ({ Condition: `{% $n >= ${n} %}`, Next: 'E' })), Default: 'S' },
      S: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Next: 'B0' },
      ...Object.fromEntries(
        Array.from({ length: 42 }, (_, i) => [
          `B${i}`,
          { Type: 'Pass', Assign: { [`v${i}`]: "{% $pad('x', 262000) %}" }, Next: i === 41 ? 'L' : `B${i + 1}` },
        ]),
      ),
      E: { Type: 'Succeed' },
    }),
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause: 'variables',
  },
];
