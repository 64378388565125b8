import { CommitFailed } from '../../core/errors.ts';
import type { Change, ChangeKind, ChangeOf } from '../changes.ts';
import { toVersionedJson } from '../versioned-json.ts';
import { executionMutations } from './execution-mutations.ts';
import { always, takeWhile } from './iteration.ts';
import { jobMutations } from './job-mutations.ts';
import type { Mutation } from './mutation.ts';
import { all, keyOf } from './tables.ts';

const mutations: { readonly [Kind in ChangeKind]: (change: ChangeOf<Kind>) => Mutation } = {
  'record.put': ({ record }) => {
    const { account, region, type, key, text } = record;
    const id = keyOf(record, type, key);
    return ({ records }) => {
      const next = (records.list('byPosition', all).last?.position ?? 0) + 1;
      records.put({ account, region, type, key, text, position: records.get(id)?.position ?? next });
    };
  },
  'record.delete': ({ scope, type, key }) => {
    const row = keyOf(scope, type, key);
    return (tables) => tables.records.delete(row);
  },
  ...jobMutations,
  transition: ({ record }) => {
    const row = { sequence: record.sequence, record: toVersionedJson(record) };
    return ({ transitions }) => {
      if (transitions.get(String(row.sequence))) throw taken(`transition ${row.sequence}`);
      transitions.put(row);
    };
  },
  'cursor.put':
    ({ consumer, sequence }) =>
    (tables) =>
      tables.cursors.put({ consumer, sequence }),
  'transition.trim':
    ({ through, limit }) =>
    ({ transitions, trimmed }) => {
      const first = takeWhile(
        transitions.list('bySequence', all).from(always),
        limit,
        (row) => row.sequence <= through,
      );
      for (const row of first) transitions.delete(String(row.sequence));
      const last = first.at(-1);
      if (last) trimmed.put({ through: Math.max(last.sequence, trimmed.get(all)?.through ?? 0) });
    },
  'stream.put': ({ record }) => {
    const { account, region, groupName, name, live, createdAt } = record;
    const lastEventAt = record.lastEventAt ?? null;
    const row = { account, region, groupName, name, live, createdAt, lastEventAt, record: toVersionedJson(record) };
    return (tables) => tables.streams.put(row);
  },
  'stream.delete': ({ scope, groupName, name }) => {
    const key = keyOf(scope, groupName, name);
    return (tables) => tables.streams.delete(key);
  },
  'segment.put': ({ record }) => {
    const { account, region, groupName, streamName, file, lastEventAt, bytes } = record;
    const row = { account, region, groupName, streamName, file, lastEventAt, bytes, record: toVersionedJson(record) };
    return (tables) => tables.segments.put(row);
  },
  'segment.delete': ({ scope, groupName, streamName, file }) => {
    const key = keyOf(scope, groupName, streamName, file);
    return (tables) => tables.segments.delete(key);
  },
  ...executionMutations,
  'idempotency.put': ({ record }) => {
    const { account, region, key, expiresAt } = record;
    const row = { account, region, key, expiresAt, record: toVersionedJson(record) };
    return (tables) => tables.idempotency.put(row);
  },
  'idempotency.trim':
    ({ before, limit }) =>
    ({ idempotency }) => {
      const first = takeWhile(idempotency.list('byExpiry', all).from(always), limit, (row) => row.expiresAt <= before);
      for (const row of first) idempotency.delete(keyOf(row, row.key));
    },
};

/** Takes the values of a change, so that what the caller does with them afterwards changes nothing. */
export function mutation(change: Change): Mutation {
  return (mutations[change.kind] as (change: Change) => Mutation)(change);
}

function taken(what: string): CommitFailed {
  return new CommitFailed('failed', `${what} exists already`);
}
