import type { Json } from '../../../src/asl/index.ts';
import { type Case, jsonata, machine, task } from '../case.ts';

const distributed = 'Developer guide, Map state in Distributed mode';

const fail = (error: string) => ({ Type: 'Fail', Error: error, Cause: `${error} happened` });

const inParts = (fields: object, states: Readonly<Record<string, object>> = { I: { Type: 'Succeed' } }) =>
  machine({
    M: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...machine(states) },
      End: true,
      ...fields,
    },
  });

const failing = {
  C: { Type: 'Choice', Choices: [{ Variable: '$', NumericLessThan: 0, Next: 'F' }], Default: 'S' },
  F: fail('Bad'),
  S: { Type: 'Succeed' },
};

/** A distributed Map over numbers, in which the negative ones fail. */
function tolerating(name: string, fields: object, input: Json, tolerated: boolean): Case {
  const base = {
    name,
    proves: `${distributed}, Tolerated failure threshold`,
    definition: inParts(fields, failing),
    input,
  };
  if (tolerated) return { ...base, output: (input as number[]).filter((n) => n >= 0) };
  return {
    ...base,
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };
}

export const distributedMaps: readonly Case[] = [
  {
    name: 'Child executions do the work, and the history tells of the map run',
    proves: 'API reference, MapRunStartedEventDetails',
    definition: inParts({ Label: 'part' }),
    input: [1, 2],
    output: [1, 2],
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ],
    details: { MapStateStarted: { length: 2 } },
  },
  { name: 'A Map of no items starts no child', proves: distributed, definition: inParts({}), input: [], output: [] },
  {
    name: 'ItemBatcher groups items',
    proves: `${distributed}, ItemBatcher`,
    definition: inParts({ ItemBatcher: { MaxItemsPerBatch: 2 } }),
    input: [1, 2, 3],
    output: [{ Items: [1, 2] }, { Items: [3] }],
  },
  {
    name: 'BatchInput goes with each batch',
    proves: `${distributed}, ItemBatcher`,
    definition: inParts({
      ItemsPath: '$.xs',
      ItemBatcher: { MaxItemsPerBatchPath: '$.n', BatchInput: { fixed: 1, 'of.$': '$.name' } },
    }),
    input: { xs: [1, 2, 3], n: 3, name: 'x' },
    output: [{ BatchInput: { fixed: 1, of: 'x' }, Items: [1, 2, 3] }],
  },
  {
    name: 'MaxInputBytesPerBatch limits the size of a batch',
    proves: `${distributed}, ItemBatcher`,
    definition: inParts({ ItemBatcher: { MaxInputBytesPerBatch: 25 } }),
    input: ['aaaa', 'bbbb', 'cccc'],
    output: [{ Items: ['aaaa', 'bbbb'] }, { Items: ['cccc'] }],
  },
  {
    name: 'ItemSelector comes before batching',
    proves: `${distributed}, ItemBatcher`,
    definition: inParts({ ItemSelector: { 'v.$': '$$.Map.Item.Value' }, ItemBatcher: { MaxItemsPerBatch: 2 } }),
    input: [1, 2],
    output: [{ Items: [{ v: 1 }, { v: 2 }] }],
  },
  {
    name: 'MaxConcurrency limits the children at once',
    proves: distributed,
    definition: inParts({ MaxConcurrency: 1 }, { W: { Type: 'Wait', Seconds: 2, End: true } }),
    input: [1, 2],
    seconds: 4,
  },
  tolerating('No failure is tolerated by default', {}, [1, -1, 2], false),
  tolerating('ToleratedFailureCount tolerates as many failures', { ToleratedFailureCount: 1 }, [1, -1, 2], true),
  tolerating('ToleratedFailureCount does not tolerate more', { ToleratedFailureCount: 1 }, [-1, -1, 2], false),
  tolerating(
    'ToleratedFailurePercentage tolerates that share',
    { ToleratedFailurePercentage: 50 },
    [1, -1, 2, -2],
    true,
  ),
  tolerating(
    'ToleratedFailurePercentage does not tolerate a larger one',
    { ToleratedFailurePercentage: 49 },
    [1, -1, 2, -2],
    false,
  ),
  tolerating(
    'Both thresholds hold',
    { ToleratedFailureCount: 3, ToleratedFailurePercentage: 10 },
    [1, -1, 2, -2],
    false,
  ),
  {
    name: 'The thresholds may come from the input',
    proves: `${distributed}, Tolerated failure threshold`,
    definition: inParts({ ItemsPath: '$.xs', ToleratedFailureCountPath: '$.n' }, failing),
    input: { xs: [1, -1], n: 1 },
    output: [1],
  },
  {
    name: 'A failed map run is in the history with its error',
    proves: 'API reference, MapRunFailedEventDetails',
    definition: inParts({}, failing),
    input: [-1],
    status: 'FAILED',
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ],
    details: { MapRunFailed: { error: 'States.ExceedToleratedFailureThreshold' } },
  },
  {
    name: 'Stopping the execution aborts the map run',
    proves: 'API reference, HistoryEvent MapRunAborted',
    definition: inParts({}, { T: task() }),
    input: [1],
    events: [{ at: 3, event: { type: 'stop' } }],
    status: 'ABORTED',
    history: [
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunAborted',
      'MapStateAborted',
      'ExecutionAborted',
    ],
  },
  {
    name: 'JSONata: items of an object come with their names',
    proves: 'Developer guide, Map state: Items may be a JSON object',
    definition: jsonata({
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemSelector: '{% $states.context.Map.Item.Key & $states.context.Map.Item.Value %}',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          ...machine({ I: { Type: 'Succeed' } }),
        },
        End: true,
      },
    }),
    input: { a: 1, b: 2 },
    output: ['a1', 'b2'],
  },
];
