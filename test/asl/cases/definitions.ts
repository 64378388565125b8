import { type Case, job, machine, task } from '../case.ts';
import { check, find, schema } from '../check.ts';

const api = 'API reference, ValidateStateMachineDefinitionDiagnostic';
const spec = 'ASL specification';
const done = { Type: 'Succeed' };

const pass = (fields: object) => machine({ P: { Type: 'Pass', End: true, ...fields } });

const whole: Case[] = [
  check('Nothing is no definition', 'Recorded on AWS', '', [schema('/', 'Definition must be a valid JSON object')]),
  check('Text that is no JSON', `${api}; the words are those of Jackson's public source`, '{"StartAt": ', [
    find(
      'INVALID_JSON_DESCRIPTION',
      '[Source: (String)"{"StartAt": "; line: 1, column: 13]',
      'Unexpected end-of-input within/between Object entries',
    ),
  ]),
  check('A comma too many', `${api}; the words are those of Jackson's public source`, '{"StartAt": "A",\n}', [
    find(
      'INVALID_JSON_DESCRIPTION',
      '[Source: (String)"{"StartAt": "A",\n}"; line: 2, column: 2]',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
    ),
  ]),
  check('An array is no definition', 'Recorded on AWS', [], [schema('/', 'Definition must be a valid JSON object')]),
  check('StartAt and States are required, and reported together', `${spec}, Top-level fields`, {}, [
    schema('/', 'These fields are required: [States, StartAt]'),
  ]),
  check('StartAt must name a state', `${spec}, Top-level fields`, { StartAt: 'X', States: { A: done } }, [
    find('MISSING_TRANSITION_TARGET', '/StartAt', "Missing 'Next' target: X"),
    find('MISSING_TRANSITION_TARGET', '/States/A', 'State "A" is not reachable.'),
  ]),
  check('Version must be 1.0', `${spec}, Top-level fields`, machine({ A: done }, { Version: '2.0' }), [
    schema('/Version'),
  ]),
  check(
    'TimeoutSeconds must be a positive integer',
    `${spec}, Top-level fields`,
    machine({ A: done }, { TimeoutSeconds: 0 }),
    [schema('/TimeoutSeconds')],
  ),
  check('An unknown top-level field', api, machine({ A: done }, { Timeout: 5 }), [
    schema('/', "Field 'Timeout' is not supported"),
  ]),
  check(
    'An unknown QueryLanguage',
    'Developer guide, QueryLanguage',
    machine({ A: done }, { QueryLanguage: 'XPath' }),
    [schema('/QueryLanguage')],
  ),
  check(
    'All problems are found in one go',
    api,
    machine({ A: { Type: 'Pass', Next: 'X' }, B: { Type: 'Wait', Seconds: -1, End: true } }),
    [schema('/States/B/Seconds'), find('MISSING_TRANSITION_TARGET', '/States/A/Next')],
  ),
];

const transitions: Case[] = [
  check('A Next that leads nowhere', api, machine({ A: { Type: 'Pass', Next: 'NOPE' } }), [
    find('MISSING_TRANSITION_TARGET', '/States/A/Next', "Missing 'Next' target: NOPE"),
    find('MISSING_END_STATE', undefined, 'Workflow has no terminal state'),
  ]),
  check(
    'A choice rule, a Default and a catcher that lead nowhere',
    api,
    machine({ C: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'X' }], Default: 'Y' } }),
    [
      find('MISSING_TRANSITION_TARGET', '/States/C/Choices[0]/Next', "Missing 'Next' target: X"),
      find('MISSING_TRANSITION_TARGET', '/States/C/Default', "Missing 'Next' target: Y"),
      find('MISSING_END_STATE'),
    ],
  ),
  check('A catcher that leads nowhere', api, machine({ T: task({ Catch: [{ ErrorEquals: ['E'], Next: 'X' }] }) }), [
    find('MISSING_TRANSITION_TARGET', '/States/T/Catch[0]/Next'),
  ]),
  check('A state that nothing leads to', api, machine({ A: done, B: done }), [
    find('MISSING_TRANSITION_TARGET', '/States/B', 'State "B" is not reachable.'),
  ]),
  check(
    'A loop without an end, reported alone',
    api,
    machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    [find('MISSING_END_STATE', undefined, 'Workflow has no terminal state')],
  ),
  check(
    'A state that a catcher leads to is reachable',
    api,
    machine({ T: task({ Catch: [{ ErrorEquals: ['E'], Next: 'B' }] }), B: done }),
    [],
  ),
  check(
    'A branch may not lead out of itself',
    `${spec}, Parallel State`,
    machine({ P: { Type: 'Parallel', Branches: [machine({ A: { Type: 'Pass', Next: 'S' } })], Next: 'S' }, S: done }),
    [find('MISSING_TRANSITION_TARGET', '/States/P/Branches[0]/States/A/Next'), find('MISSING_END_STATE')],
  ),
  check(
    'State names are unique in the whole state machine',
    `${spec}, States`,
    machine({ P: { Type: 'Parallel', Branches: [machine({ A: done }), machine({ A: done })], End: true } }),
    [find('DUPLICATE_STATE_NAME', '/States/P/Branches[1]/States/A')],
  ),
  check('State names have at most 80 characters', `${spec}, States`, machine({ ['x'.repeat(81)]: done }), [
    find('INVALID_STATE_NAME', `/States/${'x'.repeat(81)}`),
  ]),
  check('State names may have other characters than ASCII', 'Specification 07 §0.14', machine({ Größe: done }), []),
  check('A state without Next and End', `${spec}, Transitions`, machine({ A: { Type: 'Pass' } }), [
    schema('/States/A'),
  ]),
  check(
    'A state with Next and End',
    `${spec}, Transitions`,
    machine({ A: { Type: 'Pass', Next: 'B', End: true }, B: done }),
    [schema('/States/A'), find('MISSING_TRANSITION_TARGET', '/States/B')],
  ),
];

const fieldsOf: Case[] = [
  check('A state without a Type', `${spec}, States`, machine({ A: { End: true } }), [
    schema('/States/A', 'These fields are required: [Type]'),
  ]),
  check('An unknown Type', `${spec}, States`, machine({ A: { Type: 'Nap', End: true } }), [schema('/States/A/Type')]),
  ...(['Pass', 'Wait', 'Choice', 'Succeed', 'Fail', 'Map', 'Parallel'] as const).flatMap((type) => {
    const own = {
      Pass: { End: true },
      Wait: { Seconds: 1, End: true },
      Choice: { Choices: [{ Variable: '$', IsNull: true, Next: 'S' }], Default: 'S' },
      Succeed: {},
      Fail: {},
      Map: { ItemProcessor: machine({ I: done }), End: true },
      Parallel: { Branches: [machine({ I: done })], End: true },
    }[type];
    const states = (extra: object) =>
      machine({ A: { Type: type, ...own, ...extra }, ...(type === 'Choice' ? { S: done } : {}) });
    const unsupported = (name: string) => [schema('/States/A', `Field '${name}' is not supported`)];
    const timeout = check(
      `TimeoutSeconds is not a field of ${type} states`,
      api,
      states({ TimeoutSeconds: 5 }),
      unsupported('TimeoutSeconds'),
    );
    if (type === 'Map' || type === 'Parallel') return [timeout];
    return [
      timeout,
      check(
        `Retry is not a field of ${type} states`,
        api,
        states({ Retry: [{ ErrorEquals: ['E'] }] }),
        unsupported('Retry'),
      ),
      check(`Catch is not a field of ${type} states`, api, states({ Catch: [] }), unsupported('Catch')),
    ];
  }),
  check(
    'A Choice state has neither Next nor End',
    `${spec}, Choice State`,
    machine({ C: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'S' }], Next: 'S' }, S: done }),
    [schema('/States/C', "Field 'Next' is not supported")],
  ),
  check('Choices are required', api, machine({ C: { Type: 'Choice', Default: 'S' }, S: done }), [
    schema('/States/C', 'These fields are required: [Choices]'),
  ]),
  check(
    'A choice rule needs Next',
    api,
    machine({ C: { Type: 'Choice', Choices: [{ Variable: '$', StringMatches: 'Test' }], Default: 'S' }, S: done }),
    [schema('/States/C/Choices[0]', 'These fields are required: [Next]')],
  ),
  check('A Task needs a Resource', `${spec}, Task State`, machine({ T: { Type: 'Task', End: true } }), [
    schema('/States/T', 'These fields are required: [Resource]'),
  ]),
  check('A Resource must be one that can be called', api, machine({ T: task({ Resource: 'createToken' }) }), [
    find('SCHEMA_VALIDATION_FAILED', '/States/T/Resource'),
  ]),
  check(
    'HeartbeatSeconds must be smaller than TimeoutSeconds',
    `${spec}, Task State`,
    machine({ T: task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }) }),
    [schema('/States/T/HeartbeatSeconds')],
  ),
  check(
    'TimeoutSeconds and its path exclude each other',
    `${spec}, Task State`,
    machine({ T: task({ TimeoutSeconds: 5, TimeoutSecondsPath: '$.t' }) }),
    [schema('/States/T')],
  ),
  check(
    'A Wait has exactly one of its forms',
    `${spec}, Wait State`,
    machine({ W: { Type: 'Wait', Seconds: 1, Timestamp: '2024-01-01T00:00:00Z', End: true } }),
    [schema('/States/W')],
  ),
  check('A Wait without any', `${spec}, Wait State`, machine({ W: { Type: 'Wait', End: true } }), [
    schema('/States/W'),
  ]),
  check(
    'A Timestamp must be one',
    `${spec}, Timestamps`,
    machine({ W: { Type: 'Wait', Timestamp: '2024-01-01', End: true } }),
    [schema('/States/W/Timestamp')],
  ),
  check(
    'Error and ErrorPath exclude each other',
    `${spec}, Fail State`,
    machine({ F: { Type: 'Fail', Error: 'E', ErrorPath: '$.e' } }),
    [schema('/States/F')],
  ),
  check(
    'Branches must have at least one',
    `${spec}, Parallel State`,
    machine({ P: { Type: 'Parallel', Branches: [], End: true } }),
    [schema('/States/P/Branches')],
  ),
  check('A path must be one', `${spec}, Paths`, pass({ InputPath: 'a.b' }), [schema('/States/P/InputPath')]),
  check('ResultPath must be a reference path', `${spec}, Reference Paths`, pass({ ResultPath: '$.a[*]' }), [
    schema('/States/P/ResultPath'),
  ]),
  check('ResultPath cannot lead into the context object', `${spec}, ResultPath`, pass({ ResultPath: '$$.a' }), [
    schema('/States/P/ResultPath'),
  ]),
  check('A .$ member must be a path or a function', `${spec}, Payload Template`, pass({ Parameters: { 'a.$': 'x' } }), [
    schema(
      '/States/P/Parameters',
      "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call",
    ),
  ]),
  check(
    'An unknown intrinsic function',
    'Developer guide, Intrinsic functions',
    pass({ Parameters: { 'a.$': 'States.Nope()' } }),
    [schema('/States/P/Parameters')],
  ),
  check(
    'An intrinsic function with the wrong number of arguments',
    'Developer guide, Intrinsic functions',
    pass({ Parameters: { 'a.$': 'States.ArrayLength()' } }),
    [schema('/States/P/Parameters')],
  ),
  check(
    'An escape that is none',
    'ASL specification, Intrinsic Functions',
    pass({ Parameters: { 'a.$': "States.Format('\\x')" } }),
    [schema('/States/P/Parameters')],
  ),
  check(
    'More than ten nested functions',
    'Developer guide, Intrinsic functions',
    pass({ Parameters: { 'a.$': `${'States.Array('.repeat(11)}${')'.repeat(11)}` } }),
    [schema('/States/P/Parameters')],
  ),
  check(
    'Ten nested functions',
    'Developer guide, Intrinsic functions',
    pass({ Parameters: { 'a.$': `${'States.Array('.repeat(10)}${')'.repeat(10)}` } }),
    [],
  ),
  check('A name with and without .$', `${spec}, Payload Template`, pass({ Parameters: { a: 1, 'a.$': '$.a' } }), [
    schema('/States/P/Parameters'),
  ]),
];

export const definitions: readonly Case[] = [
  ...whole,
  ...transitions,
  ...fieldsOf,
  check(
    'Comments are allowed at every level',
    spec,
    {
      Comment: 'c',
      ...machine({
        T: { Comment: 'c', Type: 'Task', Resource: job, Retry: [{ Comment: 'c', ErrorEquals: ['E'] }], End: true },
      }),
    },
    [],
  ),
];
