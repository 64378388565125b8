import { type Case, job, machine, task } from '../case.ts';

const retrySpec = 'ASL specification, Retrying after an error';
const catchSpec = 'ASL specification, Fallback States';
const errors = 'Developer guide, Error names';
const handled = { Type: 'Pass', End: true };
const callback = 'arn:aws:states:::sns:publish.waitForTaskToken';

const complexRetry = {
  Type: 'Task',
  Resource: job,
  End: true,
  Retry: [
    { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2.0, MaxAttempts: 2 },
    { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
  ],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
};

function retrying(name: string, proves: string, retrier: object, failures: number, seconds: number): Case {
  return {
    name,
    proves,
    definition: machine({ T: task({ Retry: [{ ErrorEquals: ['E'], ...retrier }] }) }),
    tasks: { T: [...Array.from({ length: failures }, () => ({ error: 'E' })), { output: 'done' }] },
    output: 'done',
    seconds,
  };
}

const retries: Case[] = [
  retrying('The defaults wait 1, 2 and 4 seconds', retrySpec, {}, 3, 7),
  retrying(
    'IntervalSeconds and BackoffRate: 3 and 4.5 seconds',
    retrySpec,
    { IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1.5 },
    2,
    7.5,
  ),
  retrying(
    'A BackoffRate of 1 waits the same each time',
    retrySpec,
    { IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 1 },
    3,
    6,
  ),
  retrying(
    'MaxDelaySeconds limits the wait',
    retrySpec,
    { IntervalSeconds: 3, MaxAttempts: 4, BackoffRate: 2, MaxDelaySeconds: 5 },
    4,
    18,
  ),
  retrying('JitterStrategy NONE waits exactly', retrySpec, { IntervalSeconds: 3, JitterStrategy: 'NONE' }, 1, 3),
  {
    name: 'After MaxAttempts retries the error stands',
    proves: retrySpec,
    definition: machine({ T: task({ Retry: [{ ErrorEquals: ['E'] }] }) }),
    tasks: { T: [{ error: 'E', cause: 'again' }] },
    status: 'FAILED',
    error: 'E',
    cause: 'again',
    seconds: 7,
    calls: [{}, {}, {}, {}],
  },
  {
    name: 'MaxAttempts 0 never retries',
    proves: retrySpec,
    definition: machine({
      T: task({
        Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }],
        TimeoutSeconds: 2,
      }),
    }),
    status: 'FAILED',
    error: 'States.Timeout',
    seconds: 2,
  },
  {
    name: 'Each retrier counts its own retries, and the fifth error goes to the catcher',
    proves: 'ASL specification, Complex retry scenarios',
    definition: machine({ X: complexRetry, Z: handled }),
    tasks: {
      X: [{ error: 'ErrorA' }, { error: 'ErrorB' }, { error: 'ErrorC' }, { error: 'ErrorB' }, { output: 'never' }],
    },
    output: { Error: 'ErrorB', Cause: '' },
    seconds: 8,
  },
  {
    name: 'The retry count is in the context object',
    proves: 'Developer guide, Context object',
    definition: machine({ T: task({ Parameters: { 'n.$': '$$.State.RetryCount' }, Retry: [{ ErrorEquals: ['E'] }] }) }),
    tasks: { T: [{ error: 'E' }, { error: 'E' }, { output: 1 }] },
    calls: [{ n: 0 }, { n: 1 }, { n: 2 }],
  },
  {
    name: 'Retries count from zero when the state is entered again',
    proves: 'ASL specification, Retry: counters are reset when a state is left',
    definition: machine({
      T: { Type: 'Task', Resource: job, ResultPath: '$.n', Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }], Next: 'C' },
      C: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'T' }], Default: 'S' },
      S: { Type: 'Succeed' },
    }),
    tasks: { T: [{ error: 'E' }, { output: 1 }, { error: 'E' }, { output: 2 }] },
    output: { n: 2 },
    seconds: 2,
  },
  {
    name: 'A retry has no second TaskStateEntered',
    proves: 'Developer guide, Retry in the execution history',
    definition: machine({ T: task({ Retry: [{ ErrorEquals: ['E'] }] }) }),
    tasks: { T: [{ error: 'E' }, { output: 1 }] },
    history: [
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ],
  },
];

/** Whether a catcher for `name` takes a failure of the task. */
function caught(
  name: string,
  script: { error: string; cause?: string } | 'timeout' | 'heartbeat',
  takes: boolean,
): Case {
  const error =
    script === 'timeout' ? 'States.Timeout' : script === 'heartbeat' ? 'States.HeartbeatTimeout' : script.error;
  const fields =
    script === 'timeout'
      ? { TimeoutSeconds: 1 }
      : script === 'heartbeat'
        ? { Resource: callback, HeartbeatSeconds: 1 }
        : {};
  const definition = machine({
    T: task({ ...fields, Catch: [{ ErrorEquals: [name], Next: 'H' }] }),
    H: { Type: 'Pass', Result: 'handled', End: true },
  });
  const base = {
    name: `A catcher for ${name} ${takes ? 'takes' : 'does not take'} ${error}`,
    proves: errors,
    definition,
  };
  const tasks = typeof script === 'string' ? {} : { tasks: { T: [script] } };
  return takes ? { ...base, ...tasks, output: 'handled' } : { ...base, ...tasks, status: 'FAILED', error };
}

const catches: Case[] = [
  caught('States.ALL', { error: 'Anything' }, true),
  caught('States.ALL', { error: 'States.TaskFailed' }, true),
  caught('States.ALL', { error: 'States.Permissions' }, true),
  caught('States.ALL', 'timeout', true),
  caught('States.ALL', { error: 'States.Runtime' }, false),
  caught('States.ALL', { error: 'States.DataLimitExceeded' }, false),
  caught('States.Runtime', { error: 'States.Runtime' }, true),
  caught('States.DataLimitExceeded', { error: 'States.DataLimitExceeded' }, true),
  caught('States.TaskFailed', { error: 'Batch.ClientException' }, true),
  caught('States.TaskFailed', { error: 'States.TaskFailed' }, true),
  caught('States.TaskFailed', 'timeout', false),
  caught('States.TaskFailed', 'heartbeat', false),
  caught('States.TaskFailed', { error: 'States.DataLimitExceeded' }, false),
  caught('States.Timeout', 'timeout', true),
  caught('States.Timeout', 'heartbeat', true),
  caught('States.HeartbeatTimeout', 'heartbeat', true),
  caught('States.HeartbeatTimeout', 'timeout', false),
  caught('States.Permissions', { error: 'States.Permissions' }, true),
  caught('Batch.ClientException', { error: 'Batch.ClientException' }, true),
  caught('Batch.ClientException', { error: 'Batch.ServerException' }, false),
  {
    name: 'Without ResultPath the error output replaces the input',
    proves: catchSpec,
    definition: machine({ T: task({ Catch: [{ ErrorEquals: ['E'], Next: 'H' }] }), H: handled }),
    input: { a: 1 },
    tasks: { T: [{ error: 'E', cause: 'why' }] },
    output: { Error: 'E', Cause: 'why' },
    history: [
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ],
  },
  {
    name: 'ResultPath puts the error output into the input',
    proves: catchSpec,
    definition: machine({
      T: task({ Catch: [{ ErrorEquals: ['E'], ResultPath: '$.error-info', Next: 'H' }] }),
      H: handled,
    }),
    input: { a: 1 },
    tasks: { T: [{ error: 'E', cause: 'why' }] },
    output: { a: 1, 'error-info': { Error: 'E', Cause: 'why' } },
  },
  {
    name: 'The first catcher that matches is taken',
    proves: catchSpec,
    definition: machine({
      T: task({
        Catch: [
          { ErrorEquals: ['X'], Next: 'H1' },
          { ErrorEquals: ['Y', 'E'], Next: 'H2' },
          { ErrorEquals: ['States.ALL'], Next: 'H1' },
        ],
      }),
      H1: handled,
      H2: { Type: 'Pass', Result: 2, End: true },
    }),
    tasks: { T: [{ error: 'E' }] },
    output: 2,
  },
  {
    name: 'Retriers run out before catchers apply',
    proves: catchSpec,
    definition: machine({
      T: task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }], Catch: [{ ErrorEquals: ['E'], Next: 'H' }] }),
      H: { Type: 'Pass', Result: 'handled', End: true },
    }),
    tasks: { T: [{ error: 'E' }] },
    output: 'handled',
    seconds: 3,
    calls: [{}, {}, {}],
  },
  {
    name: 'An error of Parameters can be caught by the name the documents give it',
    proves: 'ASL specification, States.ParameterPathFailure',
    definition: machine({
      T: task({ Parameters: { 'x.$': '$.x' }, Catch: [{ ErrorEquals: ['States.ParameterPathFailure'], Next: 'H' }] }),
      H: { Type: 'Pass', Result: 'handled', End: true },
    }),
    output: 'handled',
    calls: [],
  },
  {
    name: 'An error of Parameters is not caught by States.ALL',
    proves: 'Developer guide, States.Runtime is not caught by States.ALL',
    definition: machine({
      T: task({ Parameters: { 'x.$': '$.x' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'H' }] }),
      H: handled,
    }),
    status: 'FAILED',
    error: 'States.Runtime',
    calls: [],
  },
  {
    name: 'An intrinsic function that fails can be caught',
    proves: errors,
    definition: machine({
      T: task({
        Parameters: { 'x.$': 'States.ArrayGetItem($.a, 5)' },
        Catch: [{ ErrorEquals: ['States.IntrinsicFailure'], Next: 'H' }],
      }),
      H: { Type: 'Pass', Result: 'handled', End: true },
    }),
    input: { a: [] },
    output: 'handled',
  },
  {
    name: 'A ResultPath that cannot be applied can be caught',
    proves: errors,
    definition: machine({
      T: task({
        ResultPath: '$.a[5]',
        Catch: [{ ErrorEquals: ['States.ResultPathMatchFailure'], ResultPath: null, Next: 'H' }],
      }),
      H: { Type: 'Pass', Result: 'handled', End: true },
    }),
    input: { a: [] },
    tasks: { T: [{ output: 1 }] },
    output: 'handled',
  },
];

export const errorHandling: readonly Case[] = [...retries, ...catches];
