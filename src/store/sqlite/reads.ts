import type { Connection } from './connection.ts';
import {
  execution,
  finishedExecutions,
  frameSlice,
  hasExecutionOf,
  historyRows,
  listExecutions,
  mapRun,
  mapRuns,
  runningExecutions,
} from './execution-reads.ts';
import { countFinishedJobs, finishedJobs, jobSlice, jobs, waitingJobs, waitingSequences } from './job-reads.ts';
import {
  expiredLogSegments,
  liveLogStreams,
  logBytes,
  logSegments,
  logStream,
  logStreams,
  oldestFinishedLogStreams,
} from './log-reads.ts';
import type { LoadFacts, ReadName, RecordColumns, RecordText, WorkerReads } from './protocol.ts';

/** The worker's side of every read. */
export const reads: {
  readonly [Name in ReadName]: (
    connection: Connection,
    input: WorkerReads[Name]['input'],
  ) => WorkerReads[Name]['output'];
} = {
  jobs,
  jobSlice,
  finishedJobs,
  countFinishedJobs,
  transitions: (connection, { after, limit }) =>
    connection
      .all<[RecordText]>('SELECT record FROM transition WHERE sequence > ? ORDER BY sequence LIMIT ?', [after, limit])
      .map(([record]) => record),
  logStream,
  logStreams,
  liveLogStreams,
  logSegments,
  expiredLogSegments,
  oldestFinishedLogStreams,
  logBytes,
  idempotency: (connection, { scope, key }) =>
    connection.first<[RecordText]>('SELECT record FROM idempotency WHERE account = ? AND region = ? AND key = ?', [
      scope.account,
      scope.region,
      key,
    ])?.[0],
  execution,
  listExecutions,
  historyRows,
  frameSlice,
  mapRun,
  mapRuns,
  finishedExecutions,
  runningExecutions,
  hasExecutionOf,
  loadFacts,
  recordSlice: (connection, { after, limit }) =>
    connection.all<RecordColumns>(
      'SELECT position, account, region, type, key, record FROM record WHERE position > ? ORDER BY position LIMIT ?',
      [after, limit],
    ),
  waitingJobs,
};

function loadFacts(connection: Connection): LoadFacts {
  const last = connection.first<[number | null]>('SELECT max(sequence) FROM transition')?.[0] ?? 0;
  const trimmed = connection.first<[number]>('SELECT through FROM transition_trim')?.[0] ?? 0;
  return {
    lastTransition: Math.max(last, trimmed),
    sequences: waitingSequences(connection),
    cursors: connection.all<[string, number]>('SELECT consumer, sequence FROM cursor'),
  };
}
