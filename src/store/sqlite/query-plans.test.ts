import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobListQuery, LogStreamQuery } from '../contract.ts';
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
import { append, groupName, insert, job, jobId, note, segment, stream, virginia } from '../suite/samples.ts';
import type { Connection } from './connection.ts';
import { encodeChange } from './encode.ts';
import { openDatabase } from './open.ts';
import { reads } from './reads.ts';
import { inTemporaryDirectory } from './test-directory.ts';
import { applyBatch } from './writes.ts';

/** Tables of one row, or whose every row is asked for. */
const mayScan =
  /^SCAN (leader|sqlite_schema|transition_trim|log_total|cursor|CONSTANT ROW|job USING COVERING INDEX job_finished)\b/;

test('every statement finds its rows by a key or an index, in order: none scans or sorts a table', () =>
  inTemporaryDirectory(async (directory) => {
    const { connection, epoch } = openDatabase({ directory, newInstallationId: 'x' });
    try {
      useEverything(connection, epoch);
      const statements = [...connection.prepared].filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql));
      assert.ok(statements.length > 40, `${statements.length} statements`);
      for (const sql of statements) assert.deepEqual(poorSteps(connection, sql), [], sql);
    } finally {
      connection.close();
    }
  }));

function poorSteps(connection: Connection, sql: string): string[] {
  const steps = connection.all<[number, number, number, string]>(`EXPLAIN QUERY PLAN ${sql}`);
  return steps.map((step) => step[3]).filter((step) => /SCAN|TEMP B-TREE/.test(step) && !mayScan.test(step));
}

/** Prepares every statement that the driver has. */
function useEverything(connection: Connection, epoch: number): void {
  const scope = virginia;
  const batch = [
    { kind: 'record.put', record: note('a') },
    { kind: 'record.delete', type: 'note', scope, key: 'a' },
    insert(job(1)),
    { kind: 'job.update', scope, jobId: jobId(1), state: job(1).state },
    { kind: 'job.update', scope, jobId: jobId(1), state: job(1).state, sequence: 2 },
    { kind: 'job.tag', scope, jobId: jobId(1), tags: {} },
    { kind: 'job.delete', scope, jobId: jobId(2) },
    append(1),
    { kind: 'transition.trim', through: 1, limit: 1 },
    { kind: 'cursor.put', consumer: 'a', sequence: 1 },
    { kind: 'stream.put', record: stream('a') },
    { kind: 'stream.delete', scope, groupName, name: 'b' },
    { kind: 'segment.put', record: segment('a', '1') },
    { kind: 'segment.delete', scope, groupName, streamName: 'a', file: '2' },
    { kind: 'idempotency.put', record: { ...scope, key: 'a', fingerprint: '', result: 1, expiresAt: 1 } },
    { kind: 'idempotency.trim', before: 2, limit: 1 },
    insertExecution(execution(1)),
    insertExecution(execution(2)),
    updateExecution(1, executionState()),
    putFrame(1, '0'),
    deleteFrame(1, '0/1.0'),
    appendHistory(1, 1, 2),
    { kind: 'mapRun.put', record: mapRun(1, 'a') },
    { kind: 'execution.delete', scope, arn: executionArn(2) },
  ] as const;
  applyBatch(connection, epoch, batch.flatMap(encodeChange));

  const jobList = (query: Partial<JobListQuery>) => reads.jobSlice(connection, { scope, limit: 10, ...query });
  jobList({});
  jobList({ jobName: 'a' });
  reads.jobs(connection, { scope, jobIds: [jobId(1)] });
  reads.finishedJobs(connection, { stoppedBefore: 1, limit: 1 });
  reads.countFinishedJobs(connection, undefined);
  reads.waitingJobs(connection, { after: { sequence: 0, jobId: '' }, limit: 1 });
  reads.loadFacts(connection, undefined);
  reads.recordSlice(connection, { after: 0, limit: 1 });
  reads.transitions(connection, { after: 0, limit: 1 });
  reads.idempotency(connection, { scope, key: 'a' });
  for (const order of ['name', 'lastEventAt'] as const) {
    for (const descending of [true, false]) {
      const query: LogStreamQuery = { scope, groupName, order, descending, limit: 10 };
      reads.logStreams(connection, query);
      reads.logStreams(connection, { ...query, after: { name: 'a' } });
    }
  }
  reads.logStream(connection, { scope, groupName, name: 'a' });
  reads.liveLogStreams(connection, { limit: 1 });
  reads.oldestFinishedLogStreams(connection, { limit: 1 });
  reads.logSegments(connection, { scope, groupName, streamName: 'a' });
  reads.expiredLogSegments(connection, { scope, groupName, before: 1, limit: 1 });
  reads.logBytes(connection, undefined);
  useExecutionReads(connection);
}

function useExecutionReads(connection: Connection): void {
  const place = { scope: virginia, arn: executionArn(1) };
  reads.execution(connection, place);
  for (const kind of ['stateMachine', 'version', 'alias', 'mapRun'] as const) {
    reads.listExecutions(connection, { scope: virginia, of: kind, arn: machineArn, limit: 10 });
  }
  reads.historyRows(connection, { ...place, backwards: false, limit: 10 });
  reads.historyRows(connection, { ...place, backwards: true, limit: 10 });
  reads.frameSlice(connection, { ...place, after: '', limit: 10 });
  reads.mapRun(connection, place);
  reads.mapRuns(connection, { scope: virginia, executionArn: place.arn, after: '', limit: 10 });
  reads.finishedExecutions(connection, { stoppedBefore: 1, limit: 10 });
  reads.runningExecutions(connection, { after: 0, limit: 10 });
  reads.hasExecutionOf(connection, { revisionId: 'r-1' });
}
