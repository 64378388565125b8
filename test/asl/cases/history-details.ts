import type { Json } from '../../../src/asl/index.ts';
import { type Case, job, jsonata, machine, type Recorded, type RunCase } from '../case.ts';
import { check, schema } from '../check.ts';
import { bad, body, distributed, failed, history, kind, map, pass, recordedOnAws, started } from '../history.ts';

const activity = 'arn:aws:states:us-west-2:123456789012:activity:a';
const mapRun = /^arn:aws:states:us-west-2:123456789012:mapRun:machine\/([^:]+):[0-9a-f-]{36}$/;

const noItems = { status: 'FAILED', error: 'States.QueryEvaluationError' } as const;
const wrong = '{% $nope %}';

/** A JSONata state that is the first, whose expression fails. */
function evaluation(name: string, state: object, recorded: readonly Recorded[], more: Partial<RunCase> = {}): RunCase {
  const definition = jsonata({ A: { End: true, ...state } });
  return history(name, definition, [['ExecutionStarted', 0], ...recorded], { ...noItems, ...more });
}

const evaluations: readonly Case[] = [
  evaluation('An evaluation that fails in a Pass follows what the state followed', { Type: 'Pass', Output: wrong }, [
    ['PassStateEntered', 0],
    ['EvaluationFailed', 0, { state: 'A', location: 'Output' }],
    ['ExecutionFailed', 3],
  ]),
  history(
    'An evaluation that fails in a later state follows the exit of the one before',
    jsonata({ B: { Type: 'Pass', Next: 'A' }, A: { Type: 'Pass', Output: wrong, End: true } }),
    [
      ['ExecutionStarted', 0],
      ['PassStateEntered', 0],
      ['PassStateExited', 2],
      ['PassStateEntered', 3],
      ['EvaluationFailed', 3],
      ['ExecutionFailed', 5],
    ],
    noItems,
  ),
  evaluation(
    'An evaluation that fails before a task is scheduled follows what the state followed',
    { Type: 'Task', Resource: job, Arguments: { a: wrong } },
    [
      ['TaskStateEntered', 0],
      ['EvaluationFailed', 0],
      ['ExecutionFailed', 3],
    ],
  ),
  evaluation(
    'An evaluation that fails after a task follows what the state followed too',
    { Type: 'Task', Resource: job, Output: wrong },
    [
      ['TaskStateEntered', 0],
      ['TaskScheduled', 2],
      ['TaskStarted', 3],
      ['TaskSucceeded', 4],
      ['EvaluationFailed', 0],
      ['ExecutionFailed', 6],
    ],
    { tasks: { A: [{ output: 1 }] } },
  ),
  evaluation('An evaluation that fails in a Wait follows its entering', { Type: 'Wait', Seconds: wrong }, [
    ['WaitStateEntered', 0],
    ['EvaluationFailed', 2],
    ['ExecutionFailed', 3],
  ]),
  evaluation(
    'An evaluation that fails when a Wait is over follows its entering',
    { Type: 'Wait', Seconds: 1, Output: wrong },
    [
      ['WaitStateEntered', 0],
      ['EvaluationFailed', 2],
      ['ExecutionFailed', 3],
    ],
  ),
  evaluation(
    'Items that are a number fail the evaluation, the Map and the execution',
    { Type: 'Map', Items: '{% 1 %}', ItemProcessor: body },
    [
      ['MapStateEntered', 0],
      ['EvaluationFailed', 0],
      ['MapStateFailed', 3],
      ['ExecutionFailed', 4],
    ],
  ),
  evaluation(
    'An input that is no array fails a Map without Items likewise',
    { Type: 'Map', ItemProcessor: body },
    [
      ['MapStateEntered', 0],
      ['EvaluationFailed', 0, { error: 'States.QueryEvaluationError' }],
      ['MapStateFailed', 3],
      ['ExecutionFailed', 4],
    ],
    { input: 1, cause: 'Map state input must be an array but was: 1' },
  ),
  evaluation(
    'Items that are tried again have failed the Map once',
    {
      Type: 'Map',
      Items: '{% 1 %}',
      ItemProcessor: body,
      Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
    },
    [
      ['MapStateEntered', 0],
      ['EvaluationFailed', 0],
      ['EvaluationFailed', 0],
      ['MapStateFailed', 4],
      ['ExecutionFailed', 5],
    ],
    { proves: kind },
  ),
  evaluation(
    'An ItemSelector that fails follows what the Map followed',
    { Type: 'Map', ItemSelector: { a: wrong }, ItemProcessor: body },
    [
      ['MapStateEntered', 0],
      ['MapStateStarted', 2],
      ['EvaluationFailed', 0],
      ['MapStateFailed', 4],
      ['ExecutionFailed', 5],
    ],
    { input: [1] },
  ),
  evaluation(
    'An Output of a Map that fails follows what the Map followed',
    { Type: 'Map', ItemProcessor: body, Output: wrong },
    [
      ['MapStateEntered', 0],
      ['MapStateStarted', 2],
      ['MapStateSucceeded', 3],
      ['EvaluationFailed', 0],
      ['ExecutionFailed', 5],
    ],
    { input: [] },
  ),
  evaluation(
    'Arguments of a Parallel state that fail follow what it followed',
    { Type: 'Parallel', Arguments: wrong, Branches: [body] },
    [
      ['ParallelStateEntered', 0],
      ['EvaluationFailed', 0],
      ['ExecutionFailed', 3],
    ],
    { proves: kind },
  ),
];

const stop = [{ at: 1, event: { type: 'stop' } }] as const;

const ends: readonly Case[] = [
  history(
    'A stop in a Wait is the last event alone, and follows nothing',
    machine({ A: { Type: 'Pass', Next: 'W' }, W: { Type: 'Wait', Seconds: 9, End: true } }),
    [
      ['ExecutionStarted', 0],
      ['PassStateEntered', 0],
      ['PassStateExited', 2],
      ['WaitStateEntered', 3],
      ['ExecutionAborted', 0],
    ],
    { events: stop, status: 'ABORTED' },
  ),
  history(
    'A stop in a Wait of an iteration tells nothing of the Wait',
    map({}, { W: { Type: 'Wait', Seconds: 9, End: true } }),
    [
      ...started,
      ['MapIterationStarted', 3],
      ['WaitStateEntered', 4],
      ['MapIterationAborted', 5],
      ['MapStateAborted', 5],
      ['ExecutionAborted', 0],
    ],
    { input: [1], events: stop, status: 'ABORTED', proves: kind },
  ),
  history(
    'An execution that takes too long in a Wait has timed out, and nothing else',
    machine({ W: { Type: 'Wait', Seconds: 9, End: true } }, { TimeoutSeconds: 2 }),
    [
      ['ExecutionStarted', 0],
      ['WaitStateEntered', 0],
      ['ExecutionTimedOut', 0, { error: 'States.Timeout' }],
    ],
    { status: 'TIMED_OUT', error: '', seconds: 2 },
  ),
  history(
    'A sibling that waits is aborted when a branch fails',
    machine({
      P: {
        Type: 'Parallel',
        Branches: [
          machine({ W: { Type: 'Wait', Seconds: 9, End: true } }),
          machine({ V: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: bad }),
        ],
        End: true,
      },
    }),
    [
      ['ExecutionStarted', 0],
      ['ParallelStateEntered', 0],
      ['ParallelStateStarted', 2],
      ['WaitStateEntered', 3],
      ['WaitStateEntered', 3],
      ['WaitStateExited', 5],
      ['FailStateEntered', 6],
      ['WaitStateAborted', 4],
      ['ParallelStateFailed', 8],
      ['ExecutionFailed', 9],
    ],
    { ...failed, proves: 'API reference, HistoryEvent WaitStateAborted' },
  ),
  history(
    'A task of an activity that is gone is not scheduled',
    machine({ T: { Type: 'Task', Resource: activity, End: true } }),
    [
      ['ExecutionStarted', 0],
      ['TaskStateEntered', 0],
      ['ExecutionFailed', 2, { error: 'States.Runtime', cause: 'The activity ARN does not exist.' }],
    ],
    { status: 'FAILED', error: 'States.Runtime', activities: [] },
  ),
  history(
    'A task of an activity that is there is scheduled',
    machine({ T: { Type: 'Task', Resource: activity, End: true } }),
    [
      ['ExecutionStarted', 0],
      ['TaskStateEntered', 0],
      ['ActivityScheduled', 2],
      ['ActivityStarted', 3],
      ['ActivitySucceeded', 4],
      ['TaskStateExited', 5],
      ['ExecutionSucceeded', 6],
    ],
    { activities: [activity], tasks: { T: [{ output: 1 }] } },
  ),
];

const ofMapRun = [
  ['MapRunSucceeded', 4],
  ['MapStateSucceeded', 5],
  ['MapStateExited', 4],
  ['ExecutionSucceeded', 7],
] as const satisfies readonly Recorded[];

function labelled(label: RegExp) {
  return (arn: Json) => label.test(mapRun.exec(String(arn))?.[1] ?? '');
}

const mapRuns: readonly Case[] = [
  history(
    'A distributed Map has succeeded with its map run, and is left after the start of that',
    distributed(),
    [...started, ['MapRunStarted', 3], ...ofMapRun],
    { input: [1] },
  ),
  history(
    'A distributed Map that is tried again has another map run, and fails once',
    distributed({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }, { F: bad }),
    [
      ...started,
      ['MapRunStarted', 3],
      ['MapRunFailed', 4],
      ['MapStateStarted', 5],
      ['MapRunStarted', 6],
      ['MapRunFailed', 7],
      ['MapStateFailed', 8],
      ['ExecutionFailed', 9],
    ],
    { input: [1], status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold', proves: kind },
  ),
  history(
    'A map run has a random label when its Map has none',
    distributed(),
    [
      ...started,
      ['MapRunStarted', 3, { mapRunArn: labelled(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) }],
      ...ofMapRun,
    ],
    { input: [1] },
  ),
  history(
    'A map run has the label of its Map',
    distributed({ Label: 'mine' }),
    [...started, ['MapRunStarted', 3, { mapRunArn: labelled(/^mine$/) }], ...ofMapRun],
    { input: [1] },
  ),
  history(
    'The mode that an Iterator has is honoured',
    machine({
      M: {
        Type: 'Map',
        Iterator: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...machine({ I: pass }) },
        End: true,
      },
    }),
    [...started, ['MapRunStarted', 3], ...ofMapRun],
    { input: [1] },
  ),
];

function iterator(mode: string): object {
  return machine({
    M: { Type: 'Map', Iterator: { ProcessorConfig: { Mode: mode }, ...machine({ I: pass }) }, End: true },
  });
}

const fields: readonly Case[] = [
  history(
    'An Iterator of the INLINE mode may say so',
    iterator('INLINE'),
    [...started, ['MapStateSucceeded', 3], ['MapStateExited', 3], ['ExecutionSucceeded', 5]],
    { input: [] },
  ),
  check('The mode of an Iterator is checked as that of an ItemProcessor', kind, iterator('NO'), [
    schema('/States/M/Iterator/ProcessorConfig/Mode'),
  ]),
  ...[
    { ToleratedFailureCount: 1 },
    { ToleratedFailureCountPath: '$.n' },
    { ToleratedFailurePercentage: 100 },
    { ToleratedFailurePercentagePath: '$.n' },
  ].map((tolerated) =>
    history(
      `An inline Map takes ${Object.keys(tolerated)[0]}, and tolerates nothing`,
      map({ ...tolerated, ItemsPath: '$.xs' }, { F: bad }),
      [
        ...started,
        ['MapIterationStarted', 3],
        ['FailStateEntered', 4],
        ['MapIterationFailed', 5],
        ['MapStateFailed', 5],
        ['ExecutionFailed', 7],
      ],
      { input: { xs: [1], n: 1 }, ...failed },
    ),
  ),
  check('What an inline Map tolerates is a number all the same', kind, map({ ToleratedFailureCount: 'x' }), [
    schema('/States/M/ToleratedFailureCount'),
  ]),
];

/** What `$states.context.State.RetryCount` is in a state; undefined when it is not there. */
function retryCount(type: string, state: object, count: number | undefined, more: Partial<RunCase> = {}): RunCase {
  const there = "{% $exists($states.context.State.RetryCount) ? $states.context.State.RetryCount : 'none' %}";
  const definition = jsonata({
    A: { Type: type, Assign: { n: there }, Next: 'B', ...state },
    B: { Type: 'Pass', Output: '{% $n %}', End: true },
  });
  const name = count === undefined ? `A ${type} state counts no retries` : `A ${type} state has made ${count} retries`;
  return { name, proves: recordedOnAws, definition, output: count ?? 'none', ...more };
}

const retry = [{ ErrorEquals: ['Bad'] }];
const bads = { error: 'Bad' };

const contexts: readonly Case[] = [
  retryCount('Pass', {}, undefined),
  retryCount('Wait', { Seconds: 1 }, undefined, { proves: kind }),
  retryCount('Task', { Resource: job }, 0, { tasks: { A: [{ output: 1 }] } }),
  retryCount('Task', { Resource: job, Retry: retry }, 2, { tasks: { A: [bads, bads, { output: 1 }] } }),
  retryCount('Map', { ItemProcessor: body }, 0, { input: [] }),
  retryCount('Parallel', { Branches: [body] }, 0, { proves: kind }),
  ...[true, false].map((isRedrivable) => ({
    name: `An execution that can${isRedrivable ? '' : 'not'} be redriven counts ${isRedrivable ? 'its' : 'no'} redrives`,
    proves: recordedOnAws,
    definition: jsonata({
      A: { Type: 'Pass', Output: '{% $exists($states.context.Execution.RedriveCount) %}', End: true },
    }),
    info: { isRedrivable },
    output: isRedrivable,
  })),
];

export const historyDetails: readonly Case[] = [...evaluations, ...ends, ...mapRuns, ...fields, ...contexts];
