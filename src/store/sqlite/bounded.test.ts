import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeKind, ChangeOf } from '../changes.ts';
import type { ReadInput, ReadName } from '../reads.ts';
import {
  appendHistory,
  deleteFrame,
  execution,
  executionArn,
  executionState,
  insertExecution,
  machineArn,
  mapRun,
  putFrame,
  updateExecution,
} from '../suite/executions.ts';
import {
  append,
  arrayJob,
  child,
  consumableArn,
  due,
  endedServiceJob,
  groupName,
  insert,
  insertServiceJob,
  ireland,
  job,
  jobId,
  move,
  needing,
  nodeOf,
  note,
  putChunk,
  putMessage,
  putRecent,
  putSentBefore,
  queueArn,
  segment,
  serviceJob,
  stream,
  trim,
  updateServiceJob,
  virginia,
  waiting,
} from '../suite/samples.ts';
import { usageOf } from '../suite/usage.ts';
import { applyBatch, encodeChange } from './changes.ts';
import type { Column, Connection } from './connection.ts';
import { takeLead } from './lead.ts';
import { openDatabase } from './open.ts';
import { pagesRead } from './page-count.fixture.ts';
import type { SqliteRead } from './read.ts';
import { reads } from './reads.ts';
import { inTemporaryDirectory } from './test-directory.ts';

const scope = virginia;
const arrays = { kept: 3_000_000, deleted: 3_000_001 };

/** Every read, asked for little of much: each way in which it may go. A new read breaks the build until it is here. */
const asked: { readonly [Name in ReadName]: readonly ReadInput<Name>[] } = {
  jobs: [[scope, [jobId(7)]]],
  listJobs: [
    [{ jobQueueArn: queueArn('q'), limit: 10 }],
    [{ jobQueueArn: queueArn('q'), limit: 10, after: { createdAt: 500_000, number: 500 } }],
    [{ jobQueueArn: queueArn('q'), statuses: ['RUNNING'], limit: 10 }],
    [{ jobQueueArn: queueArn('q'), jobName: 'no such name', limit: 10 }],
    [{ jobQueueArn: queueArn('q'), createdAfter: 900_000, limit: 10 }],
  ],
  consumableJobs: [
    [{ consumableArn: consumableArn('licences'), limit: 10 }],
    [{ consumableArn: consumableArn('licences'), jobNames: ['no such name'], limit: 10 }],
    [{ consumableArn: consumableArn('licences'), limit: 10, after: { createdAt: 500_000, number: 500 } }],
  ],
  finishedJobs: [
    [{ stoppedBefore: 1e12, limit: 10 }],
    [{ stoppedBefore: 1e12, limit: 10, after: { stoppedAt: 500, number: 500 } }],
  ],
  countFinishedJobs: [[]],
  arrayBits: [[[arrays.kept]]],
  arrayChildren: [[[{ number: arrays.kept, indexes: [7, 8] }]]],
  nodes: [[{ number: arrays.kept, after: 7, limit: 10 }]],
  hasForgottenJobs: [[]],
  serviceJobs: [[scope, [jobId(7)]]],
  serviceJob: [[scope, jobId(7)]],
  waitingServiceJobCount: [[queueArn('q')]],
  listServiceJobs: [
    [{ jobQueueArn: queueArn('q'), limit: 10 }],
    [{ jobQueueArn: queueArn('q'), limit: 10, after: { createdAt: 500_000, number: 500 } }],
    [{ jobQueueArn: queueArn('q'), jobName: 'no such name', limit: 10 }],
    [{ jobQueueArn: queueArn('q'), createdAfter: 900_000, limit: 10 }],
  ],
  waitingServiceJobs: [
    [{ jobQueueArn: queueArn('q'), limit: 10 }],
    [{ jobQueueArn: queueArn('q'), quotaShareName: 'x', limit: 10 }],
  ],
  finishedServiceJobs: [[{ stoppedBefore: 1e12, limit: 10 }]],
  serviceJobTotals: [[], [scope]],
  oldestUsage: [[]],
  usage: [
    [{ scope, from: 0, to: 1e15, limit: 10 }],
    [{ scope, from: 0, to: 1e15, limit: 10, after: { hour: 1, position: 500 } }],
  ],
  facts: [[{ from: 50, limit: 10 }]],
  due: [[{ of: 'work', limit: 10 }]],
  laneItems: [[{ of: 'post', lane: 'a', limit: 10 }]],
  laneTotal: [[{ of: 'post', scope }]],
  messageContents: [[[7, 8]]],
  messageSlice: [[{ limit: 10 }], [{ after: { queue: 1, id: 500 }, limit: 10 }]],
  lastMessageNumber: [[]],
  sentBeforeSlice: [[{ limit: 10 }], [{ after: { queue: 1, key: 'key-500' }, limit: 10 }]],
  recentPoints: [[{ after: 500, limit: 10 }]],
  metricChunks: [[{ series: 7, resolution: 60, from: 500, before: 5_000, limit: 10 }]],
  metricThroughs: [[[{ series: 7, resolution: 60, start: 500 }]]],
  oldestMetricChunk: [[60]],
  metricBytes: [[]],
  firstIdempotencyExpiry: [[]],
  logStream: [[scope, groupName, 'stream-7']],
  logStreams: (['name', 'lastEventAt'] as const).flatMap((order) =>
    [true, false].flatMap((descending) => {
      const query = { scope, groupName, order, descending, limit: 10 };
      return [[query] as const, [{ ...query, after: { name: 'stream-7', lastEventAt: 7 } }] as const];
    }),
  ),
  liveLogStreams: [[{ limit: 10 }], [{ limit: 10, after: { ...scope, groupName, name: 'stream-500' } }]],
  logSegments: [[scope, groupName, 'stream-7']],
  expiredLogSegments: [[{ scope, groupName, before: 1e12, limit: 10 }]],
  oldestFinishedLogStreams: [[10]],
  logBytes: [[]],
  idempotency: [[scope, 'key-7']],
  execution: [[scope, executionArn(7)]],
  listExecutions: (['stateMachine', 'version', 'alias', 'mapRun'] as const).map((of) => [
    { scope, of, arn: machineArn, limit: 10 },
  ]),
  executionHistory: [true, false].map((backwards) => [{ scope, arn: executionArn(2), backwards, limit: 10, from: 50 }]),
  mapRun: [[scope, mapRun(2, 'run-7').arn]],
  mapRuns: [[{ scope, executionArn: executionArn(2), limit: 10 }]],
  finishedExecutions: [[{ stoppedBefore: 1e12, limit: 10 }]],
  hasExecutionOf: [['r-1'], ['r-unknown']],
  loadFacts: [[]],
  recordSlice: [[50, 10]],
  jobSlice: [
    [undefined, 10],
    [{ order: 500, number: 500 }, 10],
  ],
  executionSlice: [[50, 10]],
  frameSlice: [[scope, executionArn(2), 'frame-50', 10]],
};

/** What load goes on behind: of a slice near the end no more may be read than of one near the beginning. */
function lastSlices(size: number) {
  return {
    recordSlice: [[size - 50, 10]],
    jobSlice: [[{ order: size - 50, number: size - 50 }, 10]],
    executionSlice: [[size - 50, 10]],
    frameSlice: [[scope, executionArn(2), `frame-${size - 50}`, 10]],
  } satisfies Partial<typeof asked>;
}

/** Every change, of one thing among many. */
const made: { readonly [Kind in ChangeKind]: ChangeOf<Kind> } = {
  'record.put': { kind: 'record.put', record: note('note-7', 2) },
  'record.delete': { kind: 'record.delete', type: 'note', scope, key: 'note-7' },
  'job.insert': insert(job(1_000_000, { resources: needing('licences', 'tokens') })) as ChangeOf<'job.insert'>,
  'job.update': { ...(move(job(7), 'RUNNING') as ChangeOf<'job.update'>), order: -1 },
  'job.tag': { kind: 'job.tag', scope, jobId: jobId(7), tags: { a: 'b' } },
  'job.delete': { kind: 'job.delete', scope, jobId: jobId(7) },
  'forgotten.trim': { kind: 'forgotten.trim', limit: 10 },
  'arrayBits.put': { kind: 'arrayBits.put', number: arrays.kept, encode: () => Uint8Array.of(1, 2, 3) },
  'arrayChild.put': { kind: 'arrayChild.put', record: child(arrays.kept, 7) },
  'node.put': { kind: 'node.put', record: nodeOf(arrays.kept, 7) },
  'serviceJob.insert': insertServiceJob(serviceJob(1_000_000)),
  'serviceJob.update': updateServiceJob(serviceJob(7, { rank: 9 })),
  'serviceJob.delete': { kind: 'serviceJob.delete', scope, jobId: jobId(9) },
  'usage.trim': { kind: 'usage.trim', before: 1e12, limit: 10 },
  'usage.add': { kind: 'usage.add', record: usageOf(1) },
  fact: append(1_000_000),
  'due.put': due('key-7', 9),
  'due.hasten': { ...due('key-9', 1), kind: 'due.hasten' },
  'lane.put': { kind: 'lane.put', item: waiting('key-7') },
  'lane.again': { kind: 'lane.again', of: 'post', key: 'key-8', dueAt: 9, tries: 1 },
  'lane.delete': { kind: 'lane.delete', of: 'post', key: 'key-9' },
  'message.put': putMessage(1, 1_000_000, { group: 'g' }),
  'message.lease': { kind: 'message.lease', queue: 1, id: 7, visibleAt: 9, receives: 1, firstAt: 9, nonce: 9 },
  'message.move': { kind: 'message.move', from: { queue: 1, id: 8 }, to: putMessage(2, 1_000_001).message },
  'message.delete': { kind: 'message.delete', queue: 1, id: 9, content: 9 },
  'message.clear': { kind: 'message.clear', queue: 1, through: 1e9, limit: 10 },
  'metricRecent.put': putRecent(1_000_000),
  'metricRecent.trim': { kind: 'metricRecent.trim', through: 1e9, limit: 10 },
  'metricChunk.put': putChunk(7, 500, { through: 2 }),
  'metricChunk.trim': { kind: 'metricChunk.trim', resolution: 60, before: 1e9, limit: 10 },
  'sentBefore.put': putSentBefore(1, 'new'),
  'sentBefore.delete': { kind: 'sentBefore.delete', queue: 1, key: 'key-7' },
  'sentBefore.clear': { kind: 'sentBefore.clear', queue: 1, limit: 10 },
  'due.delete': { kind: 'due.delete', of: 'work', key: 'key-8' },
  'fact.trim': trim(1_000_000, 10),
  'cursor.put': { kind: 'cursor.put', consumer: 'a', cursor: { sequence: 1 } },
  'stream.put': { kind: 'stream.put', record: stream('stream-7', { lastEventAt: 9 }) },
  'stream.delete': { kind: 'stream.delete', scope, groupName, name: 'stream-7' },
  'segment.put': { kind: 'segment.put', record: segment('stream-7', '2') },
  'segment.delete': { kind: 'segment.delete', scope, groupName, streamName: 'stream-7', file: '1' },
  'execution.insert': insertExecution(execution(1_000_000)) as ChangeOf<'execution.insert'>,
  'execution.update': updateExecution(7, executionState()) as ChangeOf<'execution.update'>,
  'execution.delete': { kind: 'execution.delete', scope, arn: executionArn(7) },
  'frame.put': putFrame(2, 'frame-0007') as ChangeOf<'frame.put'>,
  'frame.delete': deleteFrame(2, 'frame-0007') as ChangeOf<'frame.delete'>,
  'history.append': appendHistory(2, 1_000_000, 2) as ChangeOf<'history.append'>,
  'mapRun.put': { kind: 'mapRun.put', record: mapRun(2, 'run-7') },
  'idempotency.put': {
    kind: 'idempotency.put',
    record: { ...scope, key: 'key-7', fingerprint: '', result: 1, expiresAt: 1 },
  },
  'idempotency.trim': { kind: 'idempotency.trim', before: 1e12, limit: 10 },
};

/** What each number adds: a row in every table, mostly in one scope, queue, machine and group, where it hurts. */
function rowsOf(number: number): Change[] {
  const ended = number % 2 === 0 ? [move(job(number), 'SUCCEEDED', number)] : [];
  const executionEnd =
    number % 2 === 0 ? [] : [updateExecution(number, executionState('FAILED', { stoppedAt: number }))];
  const related = { stateMachineVersionArn: machineArn, stateMachineAliasArn: machineArn, mapRunArn: machineArn };
  const name = `stream-${number}`;
  return [
    { kind: 'record.put', record: note(`note-${number}`) },
    // Each at a place of its own, as a sequence gives them.
    insert(job(number, { order: number, resources: needing('licences') })),
    ...ended,
    insertServiceJob(
      number % 2 === 0
        ? endedServiceJob(number, number)
        : serviceJob(number, { quotaShareName: 'x', rank: number % 5 }),
    ),
    { kind: 'usage.add', record: usageOf(1, { hour: 1, principal: `user-${number}` }) },
    append(number),
    due(`key-${number}`, number),
    { kind: 'lane.put', item: waiting(`key-${number}`, { dueAt: number }) },
    putMessage(1, number),
    putSentBefore(1, `key-${number}`),
    putRecent(number),
    putChunk(7, number),
    { kind: 'stream.put', record: stream(name, { live: number % 2 === 0, lastEventAt: number }) },
    { kind: 'segment.put', record: segment(name, '1', { lastEventAt: number }) },
    { kind: 'segment.put', record: segment('long', String(number), { lastEventAt: number }) },
    insertExecution(execution(number, related)),
    ...executionEnd,
    {
      kind: 'idempotency.put',
      record: { ...scope, key: `key-${number}`, fingerprint: '', result: 1, expiresAt: number },
    },
  ];
}

/** One execution with many of everything, and another region. */
const beside: readonly Change[] = [
  { kind: 'stream.put', record: stream('long', { ...ireland }) },
  insert(job(2_000_000, { ...ireland })),
  ...Object.values(arrays).map((number) => insert(arrayJob(number, { jobQueueArn: queueArn('p') }))),
];

function childrenOf(number: number): Change[] {
  return [arrays.kept, arrays.deleted].flatMap((parent): Change[] => [
    { kind: 'arrayChild.put', record: child(parent, number) },
    { kind: 'node.put', record: nodeOf(parent, number) },
  ]);
}

function ofExecution(number: number): Change[] {
  const id = `frame-${String(number).padStart(4, '0')}`;
  return [putFrame(2, id), appendHistory(2, number, 1), { kind: 'mapRun.put', record: mapRun(2, `run-${number}`) }];
}

/** A store with `size` of everything, and how many pages each read and each change touches in it. */
async function costs(size: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  await inTemporaryDirectory(async (directory) => {
    const database = openDatabase({ directory, newInstallationId: 'x' });
    const { connection } = database;
    const { epoch } = takeLead(connection, { directory, ...database });
    const numbers = Array.from({ length: size }, (_, at) => at + 1);
    apply(connection, epoch, [...numbers.flatMap(rowsOf), ...numbers.flatMap(ofExecution), ...beside]);
    apply(connection, epoch, numbers.flatMap(childrenOf));
    apply(connection, epoch, [{ kind: 'job.delete', scope, jobId: jobId(arrays.deleted) }]);
    connection.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    for (const [name, inputs] of Object.entries(asked)) {
      const { ask } = reads[name as ReadName] as SqliteRead<readonly unknown[], unknown>;
      for (const [at, input] of inputs.entries()) {
        found[`${name} ${at + 1}`] = pagesRead(connection, () => ask(connection, ...input));
      }
    }
    for (const [name, [input = []]] of Object.entries(lastSlices(size))) {
      const { ask } = reads[name as ReadName] as SqliteRead<readonly unknown[], unknown>;
      found[`last ${name}`] = pagesRead(connection, () => ask(connection, ...input));
    }
    for (const [kind, change] of Object.entries(made)) {
      found[kind] = pagesRead(connection, () => apply(connection, epoch, [change]));
    }
    connection.close();
  });
  return found;
}

function apply(connection: Connection, epoch: number, changes: readonly Change[]): void {
  const batch: Column[] = [];
  for (const change of changes) encodeChange(change, batch);
  applyBatch(connection, epoch, batch);
}

/** Pages that a tree six times as large may cost more: a level here and there, on each of many seeks. */
const slack = 20;

test('every read and change reads as much of a store six times as large: none goes through a table', async () => {
  const [small, large] = [await costs(1_100), await costs(6_600)];
  const grown = Object.entries(large).filter(([name, pages]) => pages > (small[name] ?? 0) + slack);
  assert.deepEqual(
    grown.map(([name, pages]) => `${name}: ${small[name]} pages, then ${pages}`),
    [],
  );
  const passing = Object.keys(lastSlices(1)).filter((name) => {
    const [first = 0, last = 0] = [large[`${name} 1`], large[`last ${name}`]];
    return last > first + 3;
  });
  assert.deepEqual(passing, [], 'a slice near the end passes over those before it');
  // The count counts: a job read by its id is at least the pages of its trees.
  assert.ok((large['jobs 1'] ?? 0) >= 3, JSON.stringify(large));
});
