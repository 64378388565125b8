import { type Case, jsonata, machine, task } from '../case.ts';
import { check, find, schema } from '../check.ts';

const api = 'API reference, ValidateStateMachineDefinitionDiagnostic';
const spec = 'ASL specification';
const done = { Type: 'Succeed' };

const pass = (fields: object) => machine({ P: { Type: 'Pass', End: true, ...fields } });
const rule = (condition: object) =>
  machine({ C: { Type: 'Choice', Choices: [{ Next: 'S', ...condition }], Default: 'S' }, S: done });
const retry = (retrier: object) => machine({ T: task({ Retry: [{ ErrorEquals: ['E'], ...retrier }] }) });
const inMap = (fields: object, config: object = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }) =>
  machine({
    M: { Type: 'Map', ItemProcessor: { ProcessorConfig: config, ...machine({ I: done }) }, End: true, ...fields },
  });

const rules: Case[] = [
  check(
    'A rule with two operators',
    `${spec}, Choice Rules`,
    rule({ Variable: '$.a', StringEquals: 'x', NumericEquals: 1 }),
    [schema('/States/C/Choices[0]')],
  ),
  check('A rule without one', `${spec}, Choice Rules`, rule({ Variable: '$.a' }), [schema('/States/C/Choices[0]')]),
  check('A rule without a Variable', `${spec}, Choice Rules`, rule({ StringEquals: 'x' }), [
    schema('/States/C/Choices[0]', 'These fields are required: [Variable]'),
  ]),
  check('NumericEquals needs a number', `${spec}, Choice Rules`, rule({ Variable: '$.a', NumericEquals: '1' }), [
    schema('/States/C/Choices[0]/NumericEquals'),
  ]),
  check('TimestampEquals needs a timestamp', `${spec}, Timestamps`, rule({ Variable: '$.a', TimestampEquals: 'now' }), [
    schema('/States/C/Choices[0]/TimestampEquals'),
  ]),
  check('IsNull needs a boolean', `${spec}, Choice Rules`, rule({ Variable: '$.a', IsNull: 'yes' }), [
    schema('/States/C/Choices[0]/IsNull'),
  ]),
  check('A path operator needs a path', `${spec}, Choice Rules`, rule({ Variable: '$.a', StringEqualsPath: 'x' }), [
    schema('/States/C/Choices[0]/StringEqualsPath'),
  ]),
  check(
    'A nested rule has no Next',
    `${spec}, Choice Rules`,
    rule({ Not: { Variable: '$.a', IsNull: true, Next: 'S' } }),
    [schema('/States/C/Choices[0]/Not', "Field 'Next' is not supported")],
  ),
  check(
    'A backslash in StringMatches before another character',
    `${spec}, StringMatches`,
    rule({ Variable: '$.a', StringMatches: 'a\\b' }),
    [schema('/States/C/Choices[0]/StringMatches')],
  ),
];

const recovery: Case[] = [
  check('ErrorEquals is required', `${spec}, Retry`, machine({ T: task({ Retry: [{}] }) }), [
    schema('/States/T/Retry[0]', 'These fields are required: [ErrorEquals]'),
  ]),
  check('ErrorEquals may not be empty', `${spec}, Retry`, machine({ T: task({ Retry: [{ ErrorEquals: [] }] }) }), [
    schema('/States/T/Retry[0]/ErrorEquals'),
  ]),
  check(
    'States.ALL stands alone',
    `${spec}, Retry`,
    machine({ T: task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }) }),
    [schema('/States/T/Retry[0]/ErrorEquals')],
  ),
  check(
    'States.ALL stands in the last retrier',
    `${spec}, Retry`,
    machine({ T: task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] }) }),
    [schema('/States/T/Retry[0]/ErrorEquals')],
  ),
  check(
    'States.ALL stands in the last catcher',
    `${spec}, Catch`,
    machine({
      T: task({
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'S' },
          { ErrorEquals: ['E'], Next: 'S' },
        ],
      }),
      S: done,
    }),
    [schema('/States/T/Catch[0]/ErrorEquals')],
  ),
  check('IntervalSeconds is at least 1', `${spec}, Retry`, retry({ IntervalSeconds: 0 }), [
    schema('/States/T/Retry[0]/IntervalSeconds'),
  ]),
  check('MaxAttempts may be 0', `${spec}, Retry`, retry({ MaxAttempts: 0 }), []),
  check('MaxAttempts may not be negative', `${spec}, Retry`, retry({ MaxAttempts: -1 }), [
    schema('/States/T/Retry[0]/MaxAttempts'),
  ]),
  check('BackoffRate is at least 1', `${spec}, Retry`, retry({ BackoffRate: 0.5 }), [
    schema('/States/T/Retry[0]/BackoffRate'),
  ]),
  check(
    'MaxDelaySeconds is greater than IntervalSeconds',
    `${spec}, Retry`,
    retry({ IntervalSeconds: 5, MaxDelaySeconds: 5 }),
    [schema('/States/T/Retry[0]/MaxDelaySeconds')],
  ),
  check('JitterStrategy is FULL or NONE', `${spec}, Retry`, retry({ JitterStrategy: 'SOME' }), [
    schema('/States/T/Retry[0]/JitterStrategy'),
  ]),
  check('A catcher needs Next', `${spec}, Catch`, machine({ T: task({ Catch: [{ ErrorEquals: ['E'] }] }) }), [
    schema('/States/T/Catch[0]', 'These fields are required: [Next]'),
  ]),
];

const languages: Case[] = [
  check(
    '$states.result where there is none',
    'Developer guide, Passing data with variables: $states',
    jsonata({ T: task({ Arguments: '{% $states.result %}' }) }),
    [schema('/States/T/Arguments')],
  ),
  check(
    '$states.result in a Pass state',
    'Developer guide, Passing data with variables: $states',
    jsonata({ P: { Type: 'Pass', Output: '{% $states.result %}', End: true } }),
    [schema('/States/P/Output')],
  ),
  check(
    '$states.errorOutput outside of Catch',
    'Developer guide, Passing data with variables: $states',
    jsonata({ T: task({ Output: '{% $states.errorOutput %}' }) }),
    [schema('/States/T/Output')],
  ),
  check(
    'A Condition must be an expression',
    'Developer guide, Choice state (JSONata)',
    jsonata({ C: { Type: 'Choice', Choices: [{ Condition: 'true', Next: 'S' }] }, S: done }),
    [schema('/States/C/Choices[0]/Condition')],
  ),
  check(
    'The variable states is reserved',
    'Developer guide, Passing data with variables',
    pass({ Assign: { states: 1 } }),
    [schema('/States/P/Assign')],
  ),
  check(
    'A variable name that is none',
    'Developer guide, Passing data with variables',
    pass({ Assign: { 'a-b': 1 } }),
    [schema('/States/P/Assign')],
  ),
  check(
    'An inner flow cannot assign an outer variable',
    'Developer guide, Passing data with variables: scope',
    machine({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [machine({ B: { Type: 'Pass', Assign: { x: 2 }, End: true } })], End: true },
    }),
    [schema('/States/P/Branches[0]/States/B/Assign')],
  ),
  check(
    'Succeed and Fail states have no Assign',
    'Developer guide, Passing data with variables',
    machine({ S: { Type: 'Succeed', Assign: { x: 1 } } }),
    [schema('/States/S', "Field 'Assign' is not supported")],
  ),
];

const distributed = 'Developer guide, Map state in Distributed mode';
const maps: Case[] = [
  check('A Map needs an ItemProcessor', `${spec}, Map State`, machine({ M: { Type: 'Map', End: true } }), [
    schema('/States/M', 'These fields are required: [ItemProcessor]'),
  ]),
  check('A distributed Map needs an ExecutionType', distributed, inMap({}, { Mode: 'DISTRIBUTED' }), [
    schema('/States/M/ItemProcessor/ProcessorConfig', 'These fields are required: [ExecutionType]'),
  ]),
  check(
    'An inline Map has no ItemBatcher',
    distributed,
    inMap({ ItemBatcher: { MaxItemsPerBatch: 2 } }, { Mode: 'INLINE' }),
    [schema('/States/M')],
  ),
  check('An ItemBatcher needs a limit', distributed, inMap({ ItemBatcher: {} }), [schema('/States/M/ItemBatcher')]),
  check('ToleratedFailurePercentage is at most 100', distributed, inMap({ ToleratedFailurePercentage: 101 }), [
    schema('/States/M/ToleratedFailurePercentage'),
  ]),
  check('A Label has at most 40 characters', distributed, inMap({ Label: 'x'.repeat(41) }), [
    schema('/States/M/Label'),
  ]),
  check('A Label has no spaces', distributed, inMap({ Label: 'a b' }), [schema('/States/M/Label')]),
  check(
    'ItemReader without an object store is refused',
    'Batchyard: no object store',
    inMap({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'k' } } }),
    [schema('/States/M/ItemReader', 'ItemReader needs an object store, and none is configured')],
  ),
  check(
    'ResultWriter without an object store is refused',
    'Batchyard: no object store',
    inMap({ ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b' } } }),
    [schema('/States/M/ResultWriter')],
  ),
  check(
    'Express workflows have no distributed Map',
    'Developer guide, Standard and Express',
    inMap({}),
    [schema('/States/M/ItemProcessor/ProcessorConfig/Mode')],
    { type: 'EXPRESS' },
  ),
  check(
    'Express workflows do not wait for jobs',
    'Developer guide, Standard and Express',
    machine({ T: task() }),
    [
      find(
        'SCHEMA_VALIDATION_FAILED',
        '/States/T/Resource',
        "Express state machine does not support '.sync' service integration",
      ),
    ],
    { type: 'EXPRESS' },
  ),
  check(
    'Express workflows have no callbacks',
    'Developer guide, Standard and Express',
    machine({ T: task({ Resource: 'arn:aws:states:::sns:publish.waitForTaskToken' }) }),
    [find('SCHEMA_VALIDATION_FAILED', '/States/T/Resource')],
    { type: 'EXPRESS' },
  ),
  check(
    'Express workflows have no activities',
    'Developer guide, Standard and Express',
    machine({ T: task({ Resource: 'arn:aws:states:us-west-2:123456789012:activity:a' }) }),
    [find('SCHEMA_VALIDATION_FAILED', '/States/T/Resource')],
    { type: 'EXPRESS' },
  ),
];

const warnings: Case[] = [
  check('A Parameter that looks like a path', api, pass({ Parameters: { a: '$.x' } }), [
    find('NO_DOLLAR', '/States/P/Parameters'),
  ]),
  check('A Parameter that looks like a function', api, pass({ Parameters: { a: 'States.UUID()' } }), [
    find('NO_DOLLAR', '/States/P/Parameters'),
  ]),
  check('A Result with a path', api, pass({ Result: { 'a.$': '$.x' } }), [
    find('PASS_RESULT_IS_STATIC', '/States/P/Result'),
  ]),
  check('An Error that looks like a path', api, machine({ F: { Type: 'Fail', Error: '$.e' } }), [
    find('NO_PATH', '/States/F/Error'),
  ]),
];

export const definitionDetails: readonly Case[] = [...rules, ...recovery, ...languages, ...maps, ...warnings];
