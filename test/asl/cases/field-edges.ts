import type { Json } from '../../../src/asl/index.ts';
import { type Case, jsonata, machine, type RunCase, task } from '../case.ts';
import { check, find, schema } from '../check.ts';

const recorded = 'Recorded on AWS';
const measured = 'Report of a user who measured it on AWS';
const kind = 'Of the kind that a user measured on AWS';
const recordedKind = 'Of the kind that is recorded on AWS';
const guide = 'Developer guide';
/** What AWS says there is not known: the words follow those recorded for `ToleratedFailureCountPath`; Java calls the type so. */
const guess = 'A guess: no source is known for these words';

const pass = { Type: 'Pass', End: true };
const day = 86_400;

function wait(fields: object): object {
  return machine({ W: { Type: 'Wait', End: true, ...fields } });
}

function waitFails(fields: object, input: Json, cause: string, proves = recorded): RunCase {
  const name = `Wait of ${JSON.stringify(fields)} with ${JSON.stringify(input)} fails`;
  const about = `An error occurred while executing the state 'W' (entered at the event id #2). ${cause}`;
  return { name, proves, definition: wait(fields), input, status: 'FAILED', error: 'States.Runtime', cause: about };
}

const noTimestamp =
  'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string';

/** So many days from the time that every case begins at. */
function inDays(days: number): string {
  return new Date(Date.UTC(2024, 0, 1) + days * day * 1000).toISOString();
}

const timestamps: Case[] = [
  ...['2016-12-05', 'now', '', '2016-12-05T21:29:29', '2016-02-30T00:00:00Z'].map((t) =>
    waitFails({ TimestampPath: '$.t' }, { t }, `${noTimestamp}: $.t == ${t}`),
  ),
  waitFails({ TimestampPath: '$.t' }, { t: 5 }, `${noTimestamp}: $.t == 5`),
  waitFails({ TimestampPath: '$.t' }, { t: null }, `${noTimestamp}: $.t == null`),
  waitFails({ TimestampPath: "$.['t']" }, { t: ['a'] }, `${noTimestamp}: $.['t'] == ["a"]`),
  waitFails({ TimestampPath: '$.t' }, { t: inDays(24_856) }, 'Wait state delay is too long.', measured),
  waitFails({ TimestampPath: '$.t' }, { t: '9999-12-31T23:59:59Z' }, 'Wait state delay is too long.', measured),
  waitFails({ Timestamp: inDays(24_856) }, {}, 'Wait state delay is too long.', measured),
  {
    name: 'A wait of 24,855 days is waited',
    proves: measured,
    definition: wait({ TimestampPath: '$.t' }),
    input: { t: inDays(24_855) },
    seconds: 24_855 * day,
  },
  {
    name: 'A wait ends at the second of its timestamp: fractions are cut off',
    proves: `${guide}, Wait state: milliseconds are truncated`,
    definition: wait({ Timestamp: '2024-01-01T00:00:05.999Z' }),
    seconds: 5,
  },
  {
    name: 'A timestamp within the second that it is entered in waits for nothing',
    proves: `${guide}, Wait state: milliseconds are truncated`,
    definition: wait({ Timestamp: '2024-01-01T00:00:00.900Z' }),
    seconds: 0,
  },
  {
    name: 'A wait until a time too far ahead fails in JSONata too',
    proves: measured,
    definition: jsonata({ W: { Type: 'Wait', Timestamp: '{% $states.input.t %}', End: true } }),
    input: { t: inDays(30_000) },
    status: 'FAILED',
    cause: 'Wait state delay is too long.',
  },
  ...['2024-01-01', '2024-01-01T00:00:00', '2024-01-01t00:00:00z', '2024-13-01T00:00:00Z', ''].map((text) =>
    check(`Timestamp '${text}' is refused`, recorded, wait({ Timestamp: text }), [
      schema('/States/W/Timestamp', 'String does not match RFC3339 timestamp'),
    ]),
  ),
  check(
    'A rule that compares with no timestamp is refused',
    recorded,
    machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.t', TimestampEquals: '2024-01-01', Next: 'S' }] },
      S: { Type: 'Succeed' },
    }),
    [schema('/States/C/Choices[0]/TimestampEquals', 'String does not match RFC3339 timestamp')],
  ),
];

const distributed = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };

function map(fields: object, config: object = {}): object {
  const processor = { ...config, StartAt: 'I', States: { I: pass } };
  return machine({ M: { Type: 'Map', ItemsPath: '$.xs', End: true, ItemProcessor: processor, ...fields } });
}

function mapFails(fields: object, input: Record<string, Json>, why: string, proves = recorded): RunCase {
  const isTolerance = Object.keys(fields).some((name) => name.startsWith('Tolerated'));
  const started = isTolerance ? (['MapStateStarted'] as const) : [];
  return {
    name: `Map with ${JSON.stringify(fields)} and ${JSON.stringify(input)} fails`,
    proves,
    definition: map(fields, distributed),
    input: { xs: [1], ...input },
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state 'M' (entered at the event id #2). ${why}`,
    history: ['ExecutionStarted', 'MapStateEntered', ...started, 'ExecutionFailed'],
  };
}

function noInteger(name: string, shown: string): string {
  return `The ${name} field refers to value "${shown}" which is not a valid integer: $.n`;
}

const fraction = { ToleratedFailurePercentagePath: '$.n' };

const mapNumbers: Case[] = [
  ...(['MaxConcurrency', 'ToleratedFailureCount'] as const).flatMap((name) => {
    const fields = { [`${name}Path`]: '$.n' };
    return [
      mapFails(fields, { n: 'x' }, noInteger(`${name}Path`, 'x')),
      ...(['', '1.0', 1.5, null, true, [1]] as const).map((n) => {
        const shown = typeof n === 'string' ? n : JSON.stringify(n);
        return mapFails(fields, { n }, noInteger(`${name}Path`, shown), recordedKind);
      }),
      mapFails(fields, { n: 3_000_000_000 }, noInteger(`${name}Path`, '3000000000'), "Java's Integer"),
      mapFails(fields, { n: '3000000000' }, noInteger(`${name}Path`, '3000000000'), "Java's Integer"),
      mapFails(fields, { n: -1 }, `${name} cannot be negative.`, recordedKind),
      mapFails(fields, { n: '-1' }, `${name} cannot be negative.`, recordedKind),
    ];
  }),
  mapFails(fraction, { n: -0.5 }, 'ToleratedFailurePercentage cannot be negative.', recordedKind),
  mapFails(
    fraction,
    { n: 'x' },
    'The ToleratedFailurePercentagePath field refers to value "x" which is not a valid float: $.n',
    guess,
  ),
  mapFails(fraction, { n: 100.5 }, 'ToleratedFailurePercentage cannot be greater than 100.', guess),
  ...(['1', '+1', 1, 0, '0'] as const).map((n) => ({
    name: `MaxConcurrencyPath may lead to ${JSON.stringify(n)}`,
    proves: recorded,
    definition: map({ MaxConcurrencyPath: '$.n' }),
    input: { xs: [1, 2], n },
    output: [1, 2],
  })),
  {
    name: 'MaxConcurrencyPath may lead to the text of a number in a variable',
    proves: recorded,
    definition: machine({
      A: { Type: 'Pass', Assign: { n: '1' }, Next: 'M' },
      M: {
        Type: 'Map',
        MaxConcurrencyPath: '$n',
        ItemProcessor: { StartAt: 'I', States: { I: pass } },
        End: true,
      },
    }),
    input: [1, 2],
    output: [1, 2],
  },
];

/** A JSONata Map whose items are no array. */
function noItems(name: string, fields: object, input: Json, cause: string): RunCase {
  const inner = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
  return {
    name,
    proves: recorded,
    definition: jsonata({ M: { Type: 'Map', End: true, ItemProcessor: inner, ...fields } }),
    input,
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: `An error occurred while executing the state 'M' (entered at the event id #2). ${cause}`,
    history: ['ExecutionStarted', 'MapStateEntered', 'EvaluationFailed', 'MapStateFailed', 'ExecutionFailed'],
  };
}

const aboutItems = (text: string) => `The JSONata expression '${text}' specified for the field 'Items'`;
const unexpected = "returned an unexpected result type. Expected 'array', but was";

const mapItems: Case[] = [
  noItems(
    'Items that are a number',
    { Items: '{% 1 %}' },
    {},
    `${aboutItems('1')} ${unexpected} 'number' for value: 1`,
  ),
  noItems(
    'Items that are a text',
    { Items: "{% 'a' %}" },
    {},
    `${aboutItems("'a'")} ${unexpected} 'string' for value: "a"`,
  ),
  noItems(
    'Items that are null',
    { Items: '{% null %}' },
    {},
    `${aboutItems('null')} ${unexpected} 'null' for value: null`,
  ),
  noItems(
    'Items that are nothing',
    { Items: '{% $states.input.no %}' },
    {},
    `${aboutItems('$states.input.no')} returned nothing`,
  ),
  noItems('An input that is a number', {}, 1, 'Map state input must be an array but was: 1'),
  noItems('An input that is an object', {}, { a: 1 }, 'Map state input must be an array but was: {"a":1}'),
  noItems('An input that is null', {}, null, 'Map state input must be an array but was: null'),
  {
    name: 'Items may be an object: each member is one',
    proves: `${guide}, Map state: a JSON array or object`,
    definition: jsonata({
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } },
        End: true,
      },
    }),
    input: { a: 1, b: 2 },
    output: [1, 2],
  },
  {
    name: 'Items that are no array can be caught, and the history tells of the Map state before',
    proves: recorded,
    definition: jsonata({
      M: {
        Type: 'Map',
        Items: '{% 1 %}',
        ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } },
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'S', Output: 'caught' }],
        End: true,
      },
      S: { Type: 'Succeed' },
    }),
    output: 'caught',
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'EvaluationFailed',
      'MapStateFailed',
      'MapStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ],
  },
];

const numberFields = ['MaxConcurrencyPath', 'ToleratedFailureCountPath', 'ToleratedFailurePercentagePath'] as const;

function foreign(field: string, language: 'JSONPath' | 'JSONata', other: 'JSONPath' | 'JSONata'): string {
  return `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`;
}

function only(state: Record<string, Json | object>, field: string, language: 'JSONPath' | 'JSONata'): Case {
  const other = language === 'JSONPath' ? 'JSONata' : 'JSONPath';
  const build = language === 'JSONPath' ? machine : jsonata;
  const name = `${field} of a ${String(state.Type)} state is not for ${language}`;
  const message = foreign(field, language, other);
  const more = state.Type === 'Choice' ? { S: { Type: 'Succeed' } } : {};
  return check(name, measured, build({ X: state, ...more }), [schema('/States/X', message)]);
}

const choice = { Type: 'Choice', Choices: [{ Condition: true, Next: 'S' }] };
const branches = [{ StartAt: 'B', States: { B: pass } }];
const inner = { StartAt: 'I', States: { I: pass } };

const languages: Case[] = [
  only({ ...pass, Parameters: {} }, 'Parameters', 'JSONata'),
  only({ ...pass, Result: 1 }, 'Result', 'JSONata'),
  only({ ...pass, InputPath: '$' }, 'InputPath', 'JSONata'),
  only({ ...pass, ResultPath: '$' }, 'ResultPath', 'JSONata'),
  only(task({ ResultSelector: {} }) as Record<string, Json>, 'ResultSelector', 'JSONata'),
  only(task({ TimeoutSecondsPath: '$.a' }) as Record<string, Json>, 'TimeoutSecondsPath', 'JSONata'),
  only({ Type: 'Succeed', OutputPath: '$' }, 'OutputPath', 'JSONata'),
  only({ ...choice, InputPath: '$' }, 'InputPath', 'JSONata'),
  only({ Type: 'Wait', Seconds: 1, End: true, SecondsPath: '$.a' }, 'SecondsPath', 'JSONata'),
  only({ Type: 'Fail', ErrorPath: '$.a' }, 'ErrorPath', 'JSONata'),
  only({ Type: 'Parallel', Branches: branches, End: true, Parameters: {} }, 'Parameters', 'JSONata'),
  only({ Type: 'Map', ItemProcessor: inner, End: true, ItemsPath: '$' }, 'ItemsPath', 'JSONata'),
  only({ Type: 'Map', ItemProcessor: inner, End: true, MaxConcurrencyPath: '$.n' }, 'MaxConcurrencyPath', 'JSONata'),
  only({ ...pass, Output: 1 }, 'Output', 'JSONPath'),
  only(task({ Arguments: {} }) as Record<string, Json>, 'Arguments', 'JSONPath'),
  only({ Type: 'Map', ItemProcessor: inner, End: true, Items: [] }, 'Items', 'JSONPath'),
  check('Output of a Fail state is for no language', guide, machine({ F: { Type: 'Fail', Output: 1 } }), [
    schema('/States/F', "Field 'Output' is not supported"),
  ]),
  check('Arguments of a Wait state are for no language', guide, wait({ Seconds: 1, Arguments: {} }), [
    schema('/States/W', "Field 'Arguments' is not supported"),
  ]),
  check(
    'The states within a JSONata Map have the language of the machine',
    measured,
    machine({
      M: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        ItemProcessor: { StartAt: 'P', States: { P: { ...pass, Output: 1 } } },
        End: true,
      },
    }),
    [schema('/States/M/ItemProcessor/States/P', foreign('Output', 'JSONPath', 'JSONata'))],
  ),
  check(
    'A processor has no language of its own',
    measured,
    machine({ M: { Type: 'Map', ItemProcessor: { ...inner, QueryLanguage: 'JSONata' }, End: true } }),
    [schema('/States/M/ItemProcessor', "Field 'QueryLanguage' is not supported")],
  ),
  check(
    'A state of a JSONata machine cannot use JSONPath',
    recorded,
    jsonata({ P: { ...pass, QueryLanguage: 'JSONPath' } }),
    [schema('/States/P', "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")],
  ),
];

const inBatches = (fields: object) => map({ ItemBatcher: { MaxItemsPerBatch: 1, ...fields } }, distributed);

const ranges: Case[] = [
  ...numberFields.map((field) =>
    check(
      `${field} is no path into the context object`,
      measured,
      map({ [field]: '$$.Execution.Input.n' }, distributed),
      [schema(`/States/M/${field}`, 'Value is not a Reference Path')],
    ),
  ),
  ...['$.a[*]', '$..n', '$.a[0:1]', "$['a','b']"].map((path) =>
    check(`MaxConcurrencyPath ${path} is no reference path`, measured, map({ MaxConcurrencyPath: path }), [
      schema('/States/M/MaxConcurrencyPath', 'Value is not a Reference Path'),
    ]),
  ),
  check('ItemsPath may be of the context object', measured, map({ ItemsPath: '$$.Execution.Input.xs' }), []),
  check('A literal and its path exclude each other', measured, map({ MaxConcurrency: 1, MaxConcurrencyPath: '$.n' }), [
    schema('/States/M', 'There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath]'),
  ]),
  check(
    'Error and ErrorPath exclude each other',
    kind,
    machine({ F: { Type: 'Fail', Error: 'E', ErrorPath: '$.e' } }),
    [schema('/States/F', 'There should only be one of the following fields: [Error, ErrorPath]')],
  ),
  check('A count below 0', measured, map({ MaxConcurrency: -1 }), [
    schema('/States/M/MaxConcurrency', 'Minimum value is 0'),
  ]),
  check('A tolerated count below 0', measured, map({ ToleratedFailureCount: -1 }, distributed), [
    schema('/States/M/ToleratedFailureCount', 'Minimum value is 0'),
  ]),
  check('A percentage below 0', measured, map({ ToleratedFailurePercentage: -1 }, distributed), [
    schema('/States/M/ToleratedFailurePercentage', 'Minimum value is 0.0'),
  ]),
  check('A percentage above 100', measured, map({ ToleratedFailurePercentage: 100.5 }, distributed), [
    schema('/States/M/ToleratedFailurePercentage', 'Maximum value is 100.0'),
  ]),
  check('A batch of nothing', kind, inBatches({ MaxItemsPerBatch: 0 }), [
    schema('/States/M/ItemBatcher/MaxItemsPerBatch', 'Minimum value is 1'),
  ]),
  check(
    'A path of a batch for JSONata',
    measured,
    jsonata({
      M: {
        Type: 'Map',
        ItemProcessor: { ...distributed, ...inner },
        ItemBatcher: { MaxItemsPerBatch: 1, MaxItemsPerBatchPath: '$.n' },
        End: true,
      },
    }),
    [schema('/States/M/ItemBatcher', foreign('MaxItemsPerBatchPath', 'JSONata', 'JSONPath'))],
  ),
  check('MaxConcurrency that is no integer', 'aws-cdk issue 20835', map({ MaxConcurrency: '$.n' }), [
    schema('/States/M/MaxConcurrency', 'Expected value of type Integer'),
  ]),
  check('Seconds that are no integer', 'serverless-step-functions issue 188', wait({ Seconds: '60' }), [
    schema('/States/W/Seconds', 'Expected value of type Integer'),
  ]),
  check('Seconds below 0', kind, wait({ Seconds: -1 }), [schema('/States/W/Seconds', 'Minimum value is 0')]),
  check('A rate below 1', kind, machine({ T: task({ Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5 }] }) }), [
    schema('/States/T/Retry[0]/BackoffRate', 'Minimum value is 1.0'),
  ]),
];

const roots: Case[] = [
  ...['', ' \n', 'null', '[]', '"text"', '5', 'true'].map((text) =>
    check(`The definition ${JSON.stringify(text)} is no object`, recorded, text, [
      schema('/', 'Definition must be a valid JSON object'),
    ]),
  ),
  check('An empty object lacks its fields', recorded, {}, [
    schema('/', 'These fields are required: [States, StartAt]'),
  ]),
  check('A branch lacks its fields', recorded, machine({ P: { Type: 'Parallel', Branches: [{}], End: true } }), [
    schema('/States/P/Branches[0]', 'These fields are required: [States, StartAt]'),
  ]),
  check(
    'A loop has no end, and that has no place',
    measured,
    machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    [find('MISSING_END_STATE', undefined, 'Workflow has no terminal state')],
  ),
  check(
    'A loop beside a state that nothing leads to is told alone',
    measured,
    machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' }, C: { Type: 'Pass', Next: 'A' } }),
    [find('MISSING_END_STATE')],
  ),
  check(
    'A loop beside an end that nothing leads to',
    measured,
    machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' }, C: pass }),
    [find('MISSING_TRANSITION_TARGET', '/States/C', 'State "C" is not reachable.')],
  ),
  check('A transition to nowhere leaves no end', measured, machine({ A: { Type: 'Pass', Next: 'NOPE' } }), [
    find('MISSING_TRANSITION_TARGET', '/States/A/Next', "Missing 'Next' target: NOPE"),
    find('MISSING_END_STATE', undefined, 'Workflow has no terminal state'),
  ]),
];

export const fieldEdges: readonly Case[] = [
  ...timestamps,
  ...mapNumbers,
  ...mapItems,
  ...languages,
  ...ranges,
  ...roots,
];
