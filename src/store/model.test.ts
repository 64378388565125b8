import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { storedStatuses } from '../core/job.ts';
import type { JobRecord } from '../core/job-record.ts';
import type { Change, ConsumableJobsQuery, JobListQuery, LogStreamQuery, Store } from './contract.ts';
import { openMemoryStore } from './memory/store.ts';
import { metricChange, metricsSeen } from './metric-changes.fixture.ts';
import type { ServiceJobListQuery } from './service-jobs.ts';
import { openSqliteStore } from './sqlite/store.ts';
import { inTemporaryDirectory } from './sqlite/test-directory.ts';
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
} from './suite/executions.ts';
import {
  append,
  arrayJob,
  child,
  consumableArn,
  definitionArn,
  due,
  endedServiceJob,
  groupName,
  insertServiceJob,
  ireland,
  job,
  jobId,
  multiNodeJob,
  needing,
  nodeOf,
  note,
  putBits,
  putMessage,
  putSentBefore,
  queueArn,
  seededRandom,
  segment,
  serviceJob,
  specification,
  stateOf,
  stream,
  trim,
  updateServiceJob,
  virginia,
  waiting,
} from './suite/samples.ts';
import { usageOf } from './suite/usage.ts';
import { withLead } from './with-lead.ts';

/** Few of everything, so that changes meet. Job ids are unique in the whole store: odd ones are in `ireland`. */
const number = fc.nat(9);
const time = fc.nat(4);
const limit = fc.nat(5);
const scope = fc.constantFrom(virginia, ireland);
const scopeOf = (id: number) => (id % 2 === 0 ? virginia : ireland);
const name = fc.constantFrom('a', 'a/b', 'B', 'é', '\uE000', '\u{1F600}');
const file = fc.constantFrom('1', '2');
const status = fc.constantFrom(...storedStatuses);
const optional = <Key extends string, Value>(key: Key, value: fc.Arbitrary<Value>) =>
  fc.option(
    value.map((given) => ({ [key]: given }) as Record<Key, Value>),
    { nil: {} },
  );

const needs = fc.subarray(['licences', 'tokens']);

const jobInsert = fc
  .tuple(number, time, time, status, name, fc.constantFrom('p', 'q'), optional('shareIdentifier', name), needs)
  .map(([id, createdAt, order, in_, jobName, queue, share, names]): Change => {
    const jobQueueArn = queueArn(queue);
    const jobDefinitionArn = definitionArn(`${jobName}:${order}`);
    const state = stateOf(in_, createdAt);
    const resources = needing(...names);
    const placed = {
      ...scopeOf(id),
      resources,
      createdAt,
      order,
      jobName,
      jobQueueArn,
      jobDefinitionArn,
      state,
      ...share,
    };
    return { kind: 'job.insert', record: job(id, placed), specification: specification(id) };
  });

/** Jobs whose number is not that of their id: numbers, too, are taken once. */
const otherKind = fc
  .tuple(number, number, fc.constantFrom(arrayJob, multiNodeJob), time, optional('shareIdentifier', name))
  .map(([id, number_, make, order, share]): Change => {
    const record = { ...make(number_), ...scopeOf(id), jobId: jobId(id), order, ...share } as JobRecord;
    return { kind: 'job.insert', record, specification: specification(id) };
  });

const usageAdded = fc
  .tuple(scope, time, fc.constantFrom('p', 'q'), optional('shareIdentifier', name))
  .map(([at, hour, queue, share]): Change => {
    return { kind: 'usage.add', record: usageOf(hour, { ...at, jobQueueArn: queueArn(queue), ...share }) };
  });

const childChange = fc.oneof(
  fc.tuple(number, fc.nat(3), status).map(([parent, index, in_]): Change => {
    return { kind: 'arrayChild.put', record: child(parent, index, in_) };
  }),
  fc.tuple(number, fc.nat(3)).map(([parent, index]): Change => ({ kind: 'node.put', record: nodeOf(parent, index) })),
  fc.tuple(number, fc.nat(9)).map(([parent, bits]) => putBits(parent, bits)),
  limit.map((most): Change => ({ kind: 'forgotten.trim', limit: most })),
);

const jobUpdate = fc
  .tuple(number, status, time, optional('order', fc.integer({ min: -3, max: 3 })))
  .map(([id, to, stoppedAt, order]): Change => {
    const state = stateOf(to, stoppedAt);
    return { kind: 'job.update', scope: scopeOf(id), jobId: jobId(id), state, ...order };
  });

const jobOther = fc.oneof(
  fc
    .tuple(number, name)
    .map(([id, a]): Change => ({ kind: 'job.tag', scope: scopeOf(id), jobId: jobId(id), tags: { a } })),
  number.map((id): Change => ({ kind: 'job.delete', scope: scopeOf(id), jobId: jobId(id) })),
);

const queueNumber = fc.constantFrom(1, 2);

const laneChange = fc.oneof(
  fc
    .tuple(name, number, scope, fc.constantFrom('a', 'b'))
    .map(([key, dueAt, at, lane]): Change => ({ kind: 'lane.put', item: waiting(key, { ...at, dueAt, lane }) })),
  fc
    .tuple(name, number, number)
    .map(([key, dueAt, tries]): Change => ({ kind: 'lane.again', of: 'post', key, dueAt, tries })),
  name.map((key): Change => ({ kind: 'lane.delete', of: 'post', key })),
);

const resource = fc.oneof(
  fc.tuple(name, number, scope).map((given): Change => ({ kind: 'record.put', record: note(...given) })),
  fc.tuple(name, scope).map(([key, at]): Change => ({ kind: 'record.delete', type: 'note', scope: at, key })),
);

const outbox = fc.oneof(
  fc.tuple(name, number).map(([key, dueAt]): Change => due(key, dueAt)),
  fc.tuple(name, number).map(([key, dueAt]): Change => ({ ...due(key, dueAt, 'sooner'), kind: 'due.hasten' })),
  name.map((key): Change => ({ kind: 'due.delete', of: 'work', key })),
  number.map((sequence): Change => append(sequence + 1, sequence % 2 === 0 ? {} : { reason: 'why', runs: [[0, 9]] })),
  fc.tuple(number, number, number, limit).map(
    ([through, before, keep, most]): Change => ({
      ...trim(through, most),
      before: before * 10,
      keep: keep * 2,
    }),
  ),
  fc.tuple(name, number, fc.option(number, { nil: undefined })).map(
    ([consumer, sequence, part]): Change => ({
      kind: 'cursor.put',
      consumer,
      cursor: { sequence, ...(part === undefined ? {} : { part }) },
    }),
  ),
);

const streamChange = fc.oneof(
  fc
    .tuple(scope, name, fc.boolean(), time, optional('lastEventAt', time))
    .map(([at, stream_, live, createdAt, last]): Change => {
      return { kind: 'stream.put', record: stream(stream_, { ...at, live, createdAt, ...last }) };
    }),
  fc
    .tuple(scope, name)
    .map(([at, stream_]): Change => ({ kind: 'stream.delete', scope: at, groupName, name: stream_ })),
);

const segmentChange = fc.oneof(
  fc.tuple(scope, name, file, time, number).map(([at, stream_, named, lastEventAt, bytes]): Change => {
    return { kind: 'segment.put', record: segment(stream_, named, { ...at, lastEventAt, bytes }) };
  }),
  fc.tuple(scope, name, file).map(([at, streamName, named]): Change => {
    return { kind: 'segment.delete', scope: at, groupName, streamName, file: named };
  }),
);

const idempotency = fc.oneof(
  fc.tuple(scope, name, time, number).map(([at, key, expiresAt, result]): Change => {
    return { kind: 'idempotency.put', record: { ...at, key, fingerprint: 'f', result, expiresAt } };
  }),
  fc.tuple(time, limit).map(([before, most]): Change => ({ kind: 'idempotency.trim', before, limit: most })),
);

const executionStatus = fc.constantFrom('RUNNING', 'FAILED', 'SUCCEEDED');
const frameId = fc.constantFrom('0', '0/1.0', '0/1.0/0', '0/1.01', '0/2.0');
const executionNumber = fc.nat(3);

const executionChange = fc.oneof(
  fc
    .tuple(executionNumber, executionStatus, optional('stateMachineVersionArn', fc.constant('v')))
    .map(([id, in_, version]) => insertExecution(execution(id, version), executionState(in_))),
  fc
    .tuple(executionNumber, executionStatus, time, fc.nat(1))
    .map(([id, to, at, redriveCount]) =>
      updateExecution(id, executionState(to, { redriveCount, ...(to === 'RUNNING' ? {} : { stoppedAt: at }) })),
    ),
  fc.tuple(executionNumber, frameId, number).map((given) => putFrame(...given)),
  fc.tuple(executionNumber, frameId).map((given) => deleteFrame(...given)),
  fc.tuple(executionNumber, fc.constantFrom(1, 3, 5)).map(([id, first]) => appendHistory(id, first, 2)),
  fc.tuple(executionNumber, name).map(([id, run]): Change => ({ kind: 'mapRun.put', record: mapRun(id, run) })),
  fc
    .tuple(executionNumber, fc.nat(5))
    .filter(([, chance]) => chance === 0)
    .map(([id]): Change => ({ kind: 'execution.delete', scope: virginia, arn: executionArn(id) })),
);

const serviceJobGiven = fc
  .tuple(
    number,
    time,
    fc.constantFrom('a', 'B'),
    fc.constantFrom('p', 'q'),
    fc.nat(2),
    optional('shareIdentifier', name),
    optional('quotaShareName', fc.constantFrom('x', 'y')),
    fc.boolean(),
  )
  .map(([id, createdAt, jobName, queue, rank, share, quotaShare, ended]) => {
    const given = { ...scopeOf(id), createdAt, jobName, jobQueueArn: queueArn(queue), rank, ...share, ...quotaShare };
    return ended ? endedServiceJob(id, createdAt, given) : serviceJob(id, given);
  });

const serviceJobChange = fc.oneof(
  { arbitrary: fc.tuple(serviceJobGiven, name).map((given): Change => insertServiceJob(...given)), weight: 3 },
  serviceJobGiven.map(({ jobQueueArn: _fixed, createdAt: _too, ...moved }): Change => {
    const id = Number(moved.jobId.slice(-12));
    return updateServiceJob(serviceJob(id, { ...scopeOf(id), rank: moved.rank, state: moved.state }));
  }),
  number.map((id): Change => ({ kind: 'serviceJob.delete', scope: scopeOf(id), jobId: jobId(id) })),
);

const messageChange = fc.oneof(
  fc.tuple(queueNumber, number).map(([queue, id]): Change => putMessage(queue, id)),
  fc.tuple(queueNumber, number, number, optional('group', name)).map(([queue, id, at, given]): Change => {
    return putMessage(queue, 10 + id, { visibleAt: at, ...given });
  }),
  fc.tuple(queueNumber, number, number).map(([queue, id, at]): Change => {
    return { kind: 'message.lease', queue, id, visibleAt: at, receives: at, firstAt: at, nonce: at };
  }),
  fc.tuple(queueNumber, number, number).map(([queue, id, at]): Change => {
    const { message } = putMessage(3 - queue, 100 + at, { content: id, source: 'q' });
    return { kind: 'message.move', from: { queue, id }, to: message };
  }),
  fc.tuple(queueNumber, number).map(([queue, id]): Change => ({ kind: 'message.delete', queue, id, content: id })),
  fc.tuple(queueNumber, number, limit).map(([queue, through, most]): Change => {
    return { kind: 'message.clear', queue, through, limit: most };
  }),
  fc.tuple(queueNumber, name, number).map(([queue, key, until]): Change => putSentBefore(queue, key, until)),
  fc.tuple(queueNumber, name).map(([queue, key]): Change => ({ kind: 'sentBefore.delete', queue, key })),
  fc.tuple(queueNumber, limit).map(([queue, most]): Change => ({ kind: 'sentBefore.clear', queue, limit: most })),
);

const change = fc.oneof(
  { arbitrary: serviceJobChange, weight: 3 },
  { arbitrary: executionChange, weight: 4 },
  { arbitrary: jobInsert, weight: 4 },
  { arbitrary: otherKind, weight: 2 },
  { arbitrary: childChange, weight: 4 },
  usageAdded,
  fc.tuple(time, limit).map(([hour, most]): Change => ({ kind: 'usage.trim', before: hour * 3_600_000, limit: most })),
  { arbitrary: jobUpdate, weight: 3 },
  jobOther,
  resource,
  outbox,
  laneChange,
  { arbitrary: messageChange, weight: 3 },
  { arbitrary: metricChange, weight: 2 },
  { arbitrary: streamChange, weight: 2 },
  { arbitrary: segmentChange, weight: 2 },
  idempotency,
);

/** Mostly single changes, since a commit with an impossible change does nothing. */
const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), {
  minLength: 20,
  maxLength: 80,
  size: 'max',
});

const jobQuery: fc.Arbitrary<JobListQuery> = fc
  .tuple(
    fc.constantFrom(queueArn('p'), queueArn('q')),
    limit,
    optional('statuses', fc.subarray([...storedStatuses])),
    optional('jobName', fc.constantFrom('a', 'b', 'A*', '*')),
    optional('jobDefinition', fc.constantFrom('a', 'a*', 'B:1', definitionArn('a'), `${definitionArn('')}*`)),
    optional('createdBefore', time),
    optional('createdAfter', time),
    optional('after', fc.record({ createdAt: time, number })),
  )
  .map(([jobQueueArn, most, ...parts]) => Object.assign({ jobQueueArn, limit: most }, ...parts));

const consumableQuery: fc.Arbitrary<ConsumableJobsQuery> = fc
  .tuple(
    fc.constantFrom('licences', 'tokens'),
    limit,
    optional('statuses', fc.subarray([...storedStatuses])),
    optional('jobNames', fc.subarray(['a', 'b', 'A*'])),
    optional('after', fc.record({ createdAt: time, number })),
  )
  .map(([of, most, ...parts]) => Object.assign({ consumableArn: consumableArn(of), limit: most }, ...parts));

const serviceJobQuery: fc.Arbitrary<ServiceJobListQuery> = fc
  .tuple(
    fc.constantFrom(queueArn('p'), queueArn('q')),
    limit,
    optional('statuses', fc.subarray(['RUNNABLE', 'FAILED'])),
    optional('jobName', fc.constantFrom('a', 'B*', '*')),
    optional('shareIdentifier', name),
    optional('quotaShareName', fc.constantFrom('x', 'y')),
    optional('createdBefore', time),
    optional('createdAfter', time),
    optional('after', fc.record({ createdAt: time, number })),
  )
  .map(([jobQueueArn, most, ...parts]) => Object.assign({ jobQueueArn, limit: most }, ...parts));

const streamQuery: fc.Arbitrary<LogStreamQuery> = fc
  .tuple(
    scope,
    limit,
    fc.constantFrom('name', 'lastEventAt'),
    fc.boolean(),
    optional('namePrefix', fc.constantFrom('', 'a', '\uE000')),
    optional(
      'after',
      fc.tuple(name, optional('lastEventAt', time)).map(([after, last]) => ({ name: after, ...last })),
    ),
  )
  .map(([at, most, order, descending, ...parts]) =>
    Object.assign({ scope: at, groupName, limit: most, order, descending }, ...parts),
  );

const questions = fc.record({
  jobs: fc.array(jobQuery, { minLength: 20, maxLength: 20 }),
  consumables: fc.array(consumableQuery, { minLength: 20, maxLength: 20 }),
  serviceJobs: fc.array(serviceJobQuery, { minLength: 20, maxLength: 20 }),
  streams: fc.array(streamQuery, { minLength: 20, maxLength: 20 }),
  before: time,
  limit,
});

test('whatever is committed, the SQLite store and the memory store answer alike', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(commits, questions, async (history, asked) => {
      await inTemporaryDirectory(async (directory) => {
        const memory = await withLead(openMemoryStore({ random: seededRandom() }));
        const sqlite = await withLead(openSqliteStore({ directory, random: seededRandom() }));
        try {
          // Of regions a driver may keep the order in which it came to know them.
          const known = [ireland, virginia].map((at): Change => ({ kind: 'record.put', record: note('', 0, at) }));
          for (const changes of [known, ...history]) {
            const taken = await Promise.all([memory, sqlite].map((store) => takes(store, changes)));
            assert.equal(taken[0], taken[1], JSON.stringify(changes));
            accepted += Number(taken[0]);
          }
          assert.deepEqual(await answers(sqlite, asked), await answers(memory, asked));
        } finally {
          await sqlite.close();
        }
      });
    }),
    // Shrinking opens a database each time: it may end before it is done.
    { numRuns: 25 },
  );
  assert.ok(accepted > 300, `only ${accepted} commits were possible`);
});

async function takes(store: Store, changes: readonly Change[]): Promise<boolean> {
  try {
    await store.commit(changes);
    return true;
  } catch {
    store.resume();
    return false;
  }
}

type Questions = typeof questions extends fc.Arbitrary<infer Value> ? Value : never;

async function answers({ reads, load }: Store, asked: Questions) {
  const { jobs, executions, ...facts } = await load();
  const numbers = Array.from({ length: 10 }, (_, number_) => number_);
  const ids = numbers.map(jobId);
  const streams = ['a', 'a/b', 'é'];
  return {
    facts,
    loaded: await Array.fromAsync(jobs),
    running: await Array.fromAsync(executions),
    jobs: await Promise.all([virginia, ireland].map((at) => reads.jobs(at, ids))),
    lists: await Promise.all(asked.jobs.map((query) => reads.listJobs(query))),
    consumables: await Promise.all(asked.consumables.map((query) => reads.consumableJobs(query))),
    bits: await reads.arrayBits(numbers),
    children: await Promise.all(
      numbers.map((number_) => reads.arrayChildren([{ number: number_, indexes: [2, 0, 1] }])),
    ),
    nodes: await Promise.all(numbers.map((number_) => reads.nodes({ number: number_, limit: asked.limit }))),
    forgotten: await reads.hasForgottenJobs(),
    serviceJobs: await Promise.all([virginia, ireland].map((at) => reads.serviceJobs(at, ids))),
    serviceRequests: await Promise.all(ids.map((id) => reads.serviceJob(virginia, id))),
    serviceQueues: await Promise.all(['p', 'q'].map((queue) => reads.waitingServiceJobCount(queueArn(queue)))),
    serviceLists: await Promise.all(asked.serviceJobs.map((query) => reads.listServiceJobs(query))),
    serviceFronts: await Promise.all(
      ['p', 'q'].flatMap((queue) =>
        [{}, { quotaShareName: 'x' }].map((share) =>
          reads.waitingServiceJobs({ jobQueueArn: queueArn(queue), ...share, limit: asked.limit }),
        ),
      ),
    ),
    finishedServiceJobs: await reads.finishedServiceJobs({ stoppedBefore: asked.before, limit: asked.limit }),
    serviceTotals: await Promise.all([undefined, virginia, ireland].map((at) => reads.serviceJobTotals(at))),
    oldestUsage: await reads.oldestUsage(),
    usage: await Promise.all(
      [virginia, ireland].map((at) => reads.usage({ scope: at, from: 0, to: 3 * 3_600_000, limit: asked.limit })),
    ),
    finished: await reads.finishedJobs({ stoppedBefore: asked.before, limit: asked.limit }),
    laterFinished: await reads.finishedJobs({
      stoppedBefore: 100,
      limit: asked.limit,
      after: { stoppedAt: asked.before, number: asked.limit },
    }),
    allFinished: await reads.finishedJobs({ stoppedBefore: 100, limit: 100 }),
    finishedCount: await reads.countFinishedJobs(),
    lanes: await Promise.all(['a', 'b'].map((lane) => reads.laneItems({ of: 'post', lane, limit: asked.limit }))),
    laneTotals: await Promise.all([virginia, ireland].map((at) => reads.laneTotal({ of: 'post', scope: at }))),
    messages: await reads.messageSlice({ limit: 1_000 }),
    laterMessages: await reads.messageSlice({ after: { queue: 1, id: asked.limit }, limit: asked.limit }),
    contents: await reads.messageContents([1, 2, 3, 11, 12, asked.limit]),
    lastMessage: await reads.lastMessageNumber(),
    metrics: await metricsSeen(reads, asked),
    sentBefore: await reads.sentBeforeSlice({ limit: 1_000 }),
    laterSentBefore: await reads.sentBeforeSlice({ after: { queue: 1, key: 'a' }, limit: asked.limit }),
    due: await reads.due({ of: 'work', limit: asked.limit }),
    expiry: await reads.firstIdempotencyExpiry(),
    log: await reads.facts({ from: asked.before, limit: asked.limit }),
    stream: await Promise.all(streams.map((stream_) => reads.logStream(virginia, groupName, stream_))),
    streams: await Promise.all(asked.streams.map((query) => reads.logStreams(query))),
    live: await reads.liveLogStreams({ limit: asked.limit }),
    laterLive: await Promise.all(
      [virginia, ireland].map((at) =>
        reads.liveLogStreams({ limit: asked.limit, after: { ...at, groupName, name: 'a/b' } }),
      ),
    ),
    segments: await Promise.all(streams.map((stream_) => reads.logSegments(ireland, groupName, stream_))),
    expired: await reads.expiredLogSegments({ scope: virginia, groupName, before: asked.before, limit: asked.limit }),
    oldest: await reads.oldestFinishedLogStreams(asked.limit),
    logBytes: await reads.logBytes(),
    idempotency: await Promise.all(streams.map((key) => reads.idempotency(virginia, key))),
    executions: await Promise.all([0, 1, 2, 3].map((id) => executionAnswers(reads, id, asked.limit))),
    finishedExecutions: await reads.finishedExecutions({ stoppedBefore: asked.before, limit: asked.limit }),
    listed: await reads.listExecutions({ scope: virginia, of: 'stateMachine', arn: machineArn, limit: asked.limit }),
    ofVersion: await reads.listExecutions({ scope: virginia, of: 'version', arn: 'v', limit: 9, after: asked.before }),
    redriven: await reads.listExecutions({
      scope: virginia,
      of: 'stateMachine',
      arn: machineArn,
      redriven: true,
      limit: 9,
    }),
    known: await reads.hasExecutionOf('r-1'),
  };
}

async function executionAnswers(reads: Store['reads'], id: number, limit_: number) {
  const place = { scope: virginia, arn: executionArn(id) };
  return {
    whole: await reads.execution(virginia, place.arn),
    frames: await reads.frames(virginia, place.arn),
    forwards: await reads.executionHistory({ ...place, backwards: false, limit: limit_ + 1, from: limit_ }),
    backwards: await reads.executionHistory({ ...place, backwards: true, limit: limit_ + 1 }),
    mapRuns: await reads.mapRuns({ scope: virginia, executionArn: place.arn, limit: limit_ }),
  };
}
