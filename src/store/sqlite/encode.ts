import type { Change } from '../contract.ts';
import type { LogSegmentRecord, LogStreamRecord } from '../records.ts';
import { stateColumns, toJobRow } from '../rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import type { Column } from './connection.ts';
import {
  executionInsertColumns,
  executionKey,
  executionUpdateColumns,
  historyColumns,
  mapRunColumns,
} from './execution-writes.ts';
import type { WriteName } from './writes.ts';

/**
 * A change as the worker takes it: a write's name, its columns, the next name... Flat, because that is cheap to post.
 * All that the change holds is taken now: what the caller does with it later changes nothing.
 */
export function encodeChange(change: Change): Column[] {
  switch (change.kind) {
    case 'record.put': {
      const { account, region, type, key, text } = change.record;
      return write('record.put', [account, region, type, key, text]);
    }
    case 'record.delete':
      return write('record.delete', [change.scope.account, change.scope.region, change.type, change.key]);
    case 'job.insert':
      return jobInsert(change);
    case 'job.update':
      return jobUpdate(change);
    case 'job.tag':
      return write('job.tag', [toVersionedJson(change.tags), ...jobKey(change)]);
    case 'job.delete':
      return write('job.delete', jobKey(change));
    case 'transition':
      return write('transition', [change.record.sequence, toVersionedJson(change.record)]);
    case 'transition.trim':
      return write('transition.trim', [change.through, change.limit]);
    case 'cursor.put':
      return write('cursor.put', [change.consumer, change.sequence]);
    case 'stream.put':
      return streamPut(change.record);
    case 'stream.delete':
      return write('stream.delete', [change.scope.account, change.scope.region, change.groupName, change.name]);
    case 'segment.put':
      return segmentPut(change.record);
    case 'segment.delete': {
      const { scope, groupName, streamName, file } = change;
      return write('segment.delete', [scope.account, scope.region, groupName, streamName, file]);
    }
    case 'execution.insert':
      return write('execution.insert', executionInsertColumns(change));
    case 'execution.update':
      return write('execution.update', executionUpdateColumns(change));
    case 'execution.delete':
      return write('execution.delete', executionKey(change));
    case 'frame.put':
      return write('frame.put', [...executionKey(change), change.frame.id, toVersionedJson(change.frame)]);
    case 'frame.delete':
      return write('frame.delete', [...executionKey(change), change.id]);
    case 'history.append':
      return write('history.append', historyColumns(change));
    case 'mapRun.put':
      return write('mapRun.put', mapRunColumns(change.record));
    case 'idempotency.put': {
      const { account, region, key, expiresAt } = change.record;
      return write('idempotency.put', [account, region, key, expiresAt, toVersionedJson(change.record)]);
    }
    case 'idempotency.trim':
      return write('idempotency.trim', [change.before, change.limit]);
  }
}

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

function write(name: WriteName, columns: readonly Column[]): Column[] {
  return [name, ...columns];
}

function jobKey({ scope, jobId }: ChangeOf<'job.update' | 'job.tag' | 'job.delete'>): Column[] {
  return [scope.account, scope.region, jobId];
}

/** Two writes in one list: no change is made more often. */
function jobInsert({ record, specification }: ChangeOf<'job.insert'>): Column[] {
  const row = toJobRow(record);
  const { status, stoppedAt } = stateColumns(record.state);
  return [
    'job.insert',
    row.account,
    row.region,
    row.jobId,
    row.jobName,
    row.jobQueueArn,
    row.jobDefinitionArn,
    row.shareIdentifier ?? null,
    row.createdAt,
    row.sequence,
    status,
    stoppedAt,
    row.detail,
    row.tags,
    row.state,
    'specification.insert',
    row.account,
    row.region,
    row.jobId,
    toVersionedJson(specification),
  ];
}

function jobUpdate(change: ChangeOf<'job.update'>): Column[] {
  const { status, stoppedAt } = stateColumns(change.state);
  const columns = [toVersionedJson(change.state), status, stoppedAt, ...jobKey(change)];
  if (change.order === undefined) return write('job.update', columns);
  return write('job.move', [change.order, ...columns]);
}

function streamPut(record: LogStreamRecord): Column[] {
  const { account, region, groupName, name, live, lastEventAt, createdAt } = record;
  const endedAt = lastEventAt ?? createdAt;
  const text = toVersionedJson(record);
  return write('stream.put', [account, region, groupName, name, live ? 1 : 0, lastEventAt ?? null, endedAt, text]);
}

function segmentPut(record: LogSegmentRecord): Column[] {
  const { account, region, groupName, streamName, file, lastEventAt, bytes } = record;
  const text = toVersionedJson(record);
  return write('segment.put', [account, region, groupName, streamName, file, lastEventAt, bytes, text]);
}
