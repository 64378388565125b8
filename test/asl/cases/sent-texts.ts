import type { Json } from '../../../src/asl/index.ts';
import { type Case, jsonata, machine, type Recorded, type RunCase, task } from '../case.ts';

const recordedOnAws = 'Recorded on AWS';
const kind = 'Of the kind that is recorded on AWS';

/** An execution of an input with that text: each event with what it follows, and its input or output text. */
function sent(
  name: string,
  states: object,
  inputText: string,
  recorded: readonly Recorded[],
  outputText: string | undefined,
  more: Partial<RunCase> = {},
): RunCase {
  const input = JSON.parse(inputText) as Json;
  return {
    name,
    proves: recordedOnAws,
    definition: states,
    input,
    inputText,
    recorded: [['ExecutionStarted', 0, { input: inputText }], ...recorded],
    ...(outputText === undefined ? {} : { outputText }),
    ...more,
  };
}

const spaced = '["a", "b"]';
const object = '{ "a": { "b":  1.0 } }';
const compact = '["a","b"]';

/** One state that hands its input on, or not. */
function through(type: string, fields: object, text: string, output: string, more: Partial<RunCase> = {}): RunCase {
  const name = `${type} with ${JSON.stringify(fields)} makes ${output} of ${text}`;
  const ending = type === 'Succeed' ? {} : { End: true };
  const recorded: Recorded[] = [
    [`${type}StateEntered` as Recorded[0], 0, { input: text }],
    [`${type}StateExited` as Recorded[0], 2, { output }],
    ['ExecutionSucceeded', 3, { output }],
  ];
  return sent(
    name,
    machine({ A: { Type: type, ...ending, ...fields } }),
    text,
    recorded,
    output === text ? text : undefined,
    more,
  );
}

const pass = { Type: 'Pass', End: true };

const guide = 'Developer guide, State machine data: numbers conform to JavaScript semantics';

/** What a state computes are doubles. */
const numbersComputed = [
  ['1.0', '1'],
  ['1e2', '100'],
  ['9007199254740993', '9007199254740992'],
  ['12345678901234567890', '12345678901234567000'],
  ['1e21', '1e+21'],
] as const;

export const sentTexts: readonly Case[] = [
  through('Pass', {}, spaced, spaced),
  through('Pass', {}, object, object),
  through('Pass', {}, ' 1 ', ' 1 '),
  ...['1.0', '12345678901234567890', '1e2', '-0.0', '1E+400'].flatMap((number) => [
    through('Pass', {}, `{"a":${number}}`, `{"a":${number}}`, { proves: kind }),
    through('Wait', { Seconds: 0 }, `[${number}]`, `[${number}]`, { proves: kind }),
  ]),
  ...numbersComputed.map(([text, output]) =>
    through('Pass', { Parameters: { 'x.$': '$.a' } }, `{"a":${text}}`, `{"x":${output}}`, { proves: guide }),
  ),
  through('Pass', {}, '"\\u0061"', '"\\u0061"'),
  through('Pass', { ResultPath: null, Result: 1 }, spaced, spaced, { proves: kind }),
  through('Pass', { InputPath: '$', OutputPath: '$' }, spaced, spaced, { proves: kind }),
  through('Succeed', {}, spaced, spaced),
  through('Wait', { Seconds: 1 }, spaced, spaced),
  through('Pass', { InputPath: '$.a' }, object, '{"b":1}'),
  through('Pass', { OutputPath: '$.a' }, object, '{"b":1}'),
  through('Pass', { Parameters: { 'x.$': '$' } }, spaced, '{"x":["a","b"]}'),
  through('Pass', { ResultPath: '$.r', Result: 1 }, object, '{"a":{"b":1},"r":1}'),
  through('Pass', { Result: ['a', 'b'] }, spaced, compact),
  sent(
    'JSONata that names the input computes it anew',
    jsonata({ A: { Type: 'Pass', Output: '{% $states.input %}', End: true } }),
    spaced,
    [
      ['PassStateEntered', 0, { input: spaced }],
      ['PassStateExited', 2, { output: compact }],
      ['ExecutionSucceeded', 3, { output: compact }],
    ],
    undefined,
    { proves: kind },
  ),
  sent(
    'A JSONata state without Output hands on the text',
    jsonata({ A: pass }),
    spaced,
    [
      ['PassStateEntered', 0, { input: spaced }],
      ['PassStateExited', 2, { output: spaced }],
      ['ExecutionSucceeded', 3, { output: spaced }],
    ],
    spaced,
  ),
  sent(
    'A text goes from state to state, until one computes another',
    machine({
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Pass', Parameters: { 'x.$': '$' }, Next: 'C' },
      C: { Type: 'Succeed' },
    }),
    spaced,
    [
      ['PassStateEntered', 0, { input: spaced }],
      ['PassStateExited', 2, { output: spaced }],
      ['PassStateEntered', 3, { input: spaced }],
      ['PassStateExited', 4, { output: '{"x":["a","b"]}' }],
      ['SucceedStateEntered', 5, { input: '{"x":["a","b"]}' }],
      ['SucceedStateExited', 6, { output: '{"x":["a","b"]}' }],
      ['ExecutionSucceeded', 7, { output: '{"x":["a","b"]}' }],
    ],
    undefined,
  ),
  sent(
    'A Parallel state puts the texts of its branches together as they are',
    machine({
      P: {
        Type: 'Parallel',
        Branches: [machine({ I: pass }), machine({ J: { Type: 'Pass', Result: { a: 1 }, End: true } })],
        End: true,
      },
    }),
    spaced,
    [
      ['ParallelStateEntered', 0, { input: spaced }],
      ['ParallelStateStarted', 2],
      ['PassStateEntered', 3, { input: spaced }],
      ['PassStateExited', 4, { output: spaced }],
      ['PassStateEntered', 3, { input: spaced }],
      ['PassStateExited', 6, { output: '{"a":1}' }],
      ['ParallelStateSucceeded', 7],
      ['ParallelStateExited', 7, { output: '[["a", "b"],{"a":1}]' }],
      ['ExecutionSucceeded', 9, { output: '[["a", "b"],{"a":1}]' }],
    ],
    '[["a", "b"],{"a":1}]',
  ),
  sent(
    'Branches that get Parameters get them compact',
    machine({ P: { Type: 'Parallel', Parameters: { 'x.$': '$' }, Branches: [machine({ I: pass })], End: true } }),
    spaced,
    [
      ['ParallelStateEntered', 0, { input: spaced }],
      ['ParallelStateStarted', 2],
      ['PassStateEntered', 3, { input: '{"x":["a","b"]}' }],
      ['PassStateExited', 4, { output: '{"x":["a","b"]}' }],
      ['ParallelStateSucceeded', 5],
      ['ParallelStateExited', 5, { output: '[{"x":["a","b"]}]' }],
      ['ExecutionSucceeded', 7],
    ],
    undefined,
  ),
  sent(
    'The output of a Map is compact',
    machine({ M: { Type: 'Map', ItemProcessor: machine({ I: pass }), End: true } }),
    '[ "a" ]',
    [
      ['MapStateEntered', 0, { input: '[ "a" ]' }],
      ['MapStateStarted', 2],
      ['MapIterationStarted', 3],
      ['PassStateEntered', 4, { input: '"a"' }],
      ['PassStateExited', 5, { output: '"a"' }],
      ['MapIterationSucceeded', 6],
      ['MapStateSucceeded', 7],
      ['MapStateExited', 7, { output: '["a"]' }],
      ['ExecutionSucceeded', 9, { output: '["a"]' }],
    ],
    undefined,
  ),
  sent(
    'What a worker sends is the text of the task and its state',
    machine({ T: task() }),
    spaced,
    [
      ['TaskStateEntered', 0, { input: spaced }],
      ['TaskScheduled', 2, { parameters: spaced }],
      ['TaskStarted', 3],
      ['TaskSucceeded', 4, { output: '{ "r": 1 }' }],
      ['TaskStateExited', 5, { output: '{ "r": 1 }' }],
      ['ExecutionSucceeded', 6, { output: '{ "r": 1 }' }],
    ],
    '{ "r": 1 }',
    { tasks: { T: [{ output: { r: 1 }, text: '{ "r": 1 }' }] }, proves: kind },
  ),
  sent(
    'A catcher that discards the error hands on the text of the input',
    machine({ T: task({ Catch: [{ ErrorEquals: ['Bad'], ResultPath: null, Next: 'S' }] }), S: { Type: 'Succeed' } }),
    spaced,
    [
      ['TaskStateEntered', 0, { input: spaced }],
      ['TaskScheduled', 2],
      ['TaskStarted', 3],
      ['TaskFailed', 4],
      ['TaskStateExited', 5, { output: spaced }],
      ['SucceedStateEntered', 6, { input: spaced }],
      ['SucceedStateExited', 7, { output: spaced }],
      ['ExecutionSucceeded', 8, { output: spaced }],
    ],
    spaced,
    { tasks: { T: [{ error: 'Bad' }] }, proves: kind },
  ),
  sent(
    'Texts that are too long together are refused, though what they say is short enough',
    machine({ P: { Type: 'Parallel', Branches: [machine({ I: pass }), machine({ J: pass })], End: true } }),
    `[${' '.repeat(200_000)}]`,
    [
      ['ParallelStateEntered', 0],
      ['ParallelStateStarted', 2],
      ['PassStateEntered', 3],
      ['PassStateExited', 4],
      ['PassStateEntered', 3],
      ['PassStateExited', 6],
      ['ParallelStateSucceeded', 7],
      ['ExecutionFailed', 7, { error: 'States.DataLimitExceeded' }],
    ],
    undefined,
    { status: 'FAILED', error: 'States.DataLimitExceeded', proves: kind },
  ),
];
