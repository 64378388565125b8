import { toVersionedJson } from '../versioned-json.ts';
import type { SqliteChanges } from './change.ts';
import { scoped } from './scope-numbers.ts';
import { upsert } from './statements.ts';

export const logChanges: SqliteChanges<'stream.put' | 'stream.delete' | 'segment.put' | 'segment.delete'> = {
  'stream.put': {
    columns: 8,
    encode: ({ record }, batch) => {
      const { account, region, groupName, name, live, lastEventAt, createdAt } = record;
      const endedAt = lastEventAt ?? createdAt;
      const text = toVersionedJson(record);
      batch.push(account, region, groupName, name, live ? 1 : 0, lastEventAt ?? null, endedAt, text);
    },
    apply: scoped(
      upsert('log_stream', ['scope', 'group_name', 'name'], ['live', 'last_event_at', 'ended_at', 'record']),
    ),
  },
  'stream.delete': {
    columns: 4,
    encode: ({ scope, groupName, name }, batch) => {
      batch.push(scope.account, scope.region, groupName, name);
    },
    apply: scoped('DELETE FROM log_stream WHERE scope = ? AND group_name = ? AND name = ?'),
  },
  'segment.put': {
    columns: 8,
    encode: ({ record }, batch) => {
      const { account, region, groupName, streamName, file, lastEventAt, bytes } = record;
      batch.push(account, region, groupName, streamName, file, lastEventAt, bytes, toVersionedJson(record));
    },
    apply: scoped(
      upsert('log_segment', ['scope', 'group_name', 'stream_name', 'file'], ['last_event_at', 'bytes', 'record']),
    ),
  },
  'segment.delete': {
    columns: 5,
    encode: ({ scope, groupName, streamName, file }, batch) => {
      batch.push(scope.account, scope.region, groupName, streamName, file);
    },
    apply: scoped('DELETE FROM log_segment WHERE scope = ? AND group_name = ? AND stream_name = ? AND file = ?'),
  },
};
