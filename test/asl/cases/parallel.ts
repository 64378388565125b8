import { type Case, jsonata, machine, task } from '../case.ts';

const parallelSpec = 'ASL specification, Parallel State';

const branch = (states: Readonly<Record<string, object>>) => machine(states);
const fail = (error: string) => ({ Type: 'Fail', Error: error, Cause: `${error} happened` });
const handled = { Type: 'Pass', Result: 'handled', End: true };

export const parallel: readonly Case[] = [
  {
    name: 'Branches get the same input, and their outputs come in their order',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [
          branch({ A: { Type: 'Wait', Seconds: 5, End: true } }),
          branch({ B: { Type: 'Pass', Result: 'b', End: true } }),
        ],
        End: true,
      },
    }),
    input: { n: 1 },
    output: [{ n: 1 }, 'b'],
    seconds: 5,
    history: [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'WaitStateEntered',
      'PassStateEntered',
      'PassStateExited',
      'WaitStateExited',
      'ParallelStateSucceeded',
      'ParallelStateExited',
      'ExecutionSucceeded',
    ],
    details: { ParallelStateExited: { name: 'P', output: '[{"n":1},"b"]' } },
  },
  {
    name: 'Parameters, ResultSelector and ResultPath shape it',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Parameters: { 'x.$': '$.n' },
        ResultSelector: { 'first.$': '$[0].x' },
        ResultPath: '$.r',
        Branches: [branch({ A: { Type: 'Succeed' } })],
        End: true,
      },
    }),
    input: { n: 1 },
    output: { n: 1, r: { first: 1 } },
  },
  {
    name: 'A branch that fails fails the state, and its siblings are stopped',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [
          branch({ T: task() }),
          branch({ W: { Type: 'Wait', Seconds: 50, End: true } }),
          branch({ D: { Type: 'Wait', Seconds: 3, Next: 'F' }, F: fail('Bad') }),
        ],
        End: true,
      },
    }),
    status: 'FAILED',
    error: 'Bad',
    cause: 'Bad happened',
    seconds: 3,
    history: [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'WaitStateEntered',
      'WaitStateEntered',
      'WaitStateExited',
      'FailStateEntered',
      'TaskStateAborted',
      'WaitStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ],
  },
  {
    name: 'A catcher of the state takes the error of a branch by its name',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [branch({ F: fail('Bad') })],
        Catch: [{ ErrorEquals: ['Bad'], Next: 'H', ResultPath: '$.e' }],
        End: true,
      },
      H: { Type: 'Pass', End: true },
    }),
    input: { n: 1 },
    output: { n: 1, e: { Error: 'Bad', Cause: 'Bad happened' } },
    history: [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'FailStateEntered',
      'ParallelStateFailed',
      'ParallelStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ],
  },
  {
    name: 'States.BranchFailed names the failure of any branch',
    proves: 'ASL specification, States.BranchFailed',
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [branch({ F: fail('Bad') })],
        Catch: [{ ErrorEquals: ['States.BranchFailed'], Next: 'H' }],
        End: true,
      },
      H: handled,
    }),
    output: 'handled',
  },
  {
    name: 'A retry of the state runs all branches again',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [branch({ A: task() }), branch({ B: task() })],
        Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 2 }],
        End: true,
      },
    }),
    tasks: { A: [{ output: 'a' }], B: [{ error: 'E' }, { output: 'b' }] },
    output: ['a', 'b'],
    seconds: 2,
    calls: [{}, {}, {}, {}],
  },
  {
    name: 'An error that a branch handles does not fail the state',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [branch({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'H' }] }), H: handled })],
        End: true,
      },
    }),
    tasks: { A: [{ error: 'E' }] },
    output: ['handled'],
  },
  {
    name: 'Parallel states nest',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [
          branch({
            Q: {
              Type: 'Parallel',
              Branches: [
                branch({ A: { Type: 'Pass', Result: 1, End: true } }),
                branch({ B: { Type: 'Pass', Result: 2, End: true } }),
              ],
              End: true,
            },
          }),
          branch({ C: { Type: 'Pass', Result: 3, End: true } }),
        ],
        End: true,
      },
    }),
    output: [[1, 2], 3],
  },
  {
    name: 'A failure stops what is nested in its siblings',
    proves: parallelSpec,
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [
          branch({ Q: { Type: 'Parallel', Branches: [branch({ A: task() })], End: true } }),
          branch({ D: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: fail('Bad') }),
        ],
        End: true,
      },
    }),
    status: 'FAILED',
    error: 'Bad',
    history: [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'WaitStateEntered',
      'TaskStateEntered',
      'TaskScheduled',
      'WaitStateExited',
      'FailStateEntered',
      'TaskStateAborted',
      'ParallelStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ],
  },
  {
    name: 'Stopping the execution stops its branches',
    proves: 'API reference, StopExecution; of a Wait AWS records nothing then',
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [branch({ A: task() }), branch({ B: { Type: 'Wait', Seconds: 50, End: true } })],
        End: true,
      },
    }),
    events: [{ at: 2, event: { type: 'stop' } }],
    status: 'ABORTED',
    history: [
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'WaitStateEntered',
      'TaskStateAborted',
      'ParallelStateAborted',
      'ExecutionAborted',
    ],
  },
  {
    name: 'JSONata: Arguments are the input of the branches, $states.result their outputs',
    proves: 'Developer guide, Parallel state',
    definition: jsonata({
      P: {
        Type: 'Parallel',
        Arguments: { x: '{% $states.input.n + 1 %}' },
        Branches: [
          branch({ A: { Type: 'Pass', Output: '{% $states.input.x * 10 %}', End: true } }),
          branch({ B: { Type: 'Succeed' } }),
        ],
        Output: '{% $states.result[0] + $states.result[1].x %}',
        End: true,
      },
    }),
    input: { n: 1 },
    output: 22,
  },
];
