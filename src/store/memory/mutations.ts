import { CommitFailed } from '../../core/errors.ts';
import type { Change, ChangeKind, ChangeOf } from '../changes.ts';
import { toFactRow } from '../facts.ts';
import { usageSumNames } from '../usage-rows.ts';
import { toVersionedJson } from '../versioned-json.ts';
import { executionMutations } from './execution-mutations.ts';
import { always, takeWhile } from './iteration.ts';
import { jobMutations } from './job-mutations.ts';
import { laneMutations } from './lane-mutations.ts';
import { metricMutations } from './metrics.ts';
import type { Mutation } from './mutation.ts';
import { messageMutations } from './queue-messages.ts';
import { serviceJobMutations } from './service-jobs.ts';
import { all, dueId, keyOf, usageKey } from './tables.ts';

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
  ...serviceJobMutations,
  'usage.add': ({ record }) => {
    const { shareIdentifier, principal, ...given } = record;
    const added = { ...given, ...(shareIdentifier ? { shareIdentifier } : {}), ...(principal ? { principal } : {}) };
    return ({ usage }) => {
      const known = usage.get(usageKey(added));
      const position = known?.position ?? (usage.list('byPosition', all).last?.position ?? 0) + 1;
      const sums = usageSumNames.map((name) => [name, added[name] + (known?.[name] ?? 0)]);
      const peakMemoryBytes = Math.max(added.peakMemoryBytes, known?.peakMemoryBytes ?? 0);
      usage.put({ ...added, ...Object.fromEntries(sums), peakMemoryBytes, position });
    };
  },
  'usage.trim':
    ({ before, limit }) =>
    ({ usage }) => {
      const oldest = takeWhile(usage.list('byAge', all).from(always), limit, ({ hour }) => hour < before);
      for (const row of oldest) usage.delete(usageKey(row));
    },
  fact: ({ sequence, fact }) => {
    const row = { sequence, ...toFactRow(fact) };
    return ({ facts }) => {
      if (facts.get(String(sequence))) throw taken(`fact ${sequence}`);
      facts.put(row);
    };
  },
  'cursor.put': ({ consumer, cursor }) => {
    const row = { consumer, cursor: { ...cursor } };
    return (tables) => tables.cursors.put(row);
  },
  'fact.trim':
    ({ through, before, keep, limit }) =>
    ({ facts, trimmed }) => {
      const followed = (facts.list('bySequence', all).last?.sequence ?? 0) - keep;
      const first = takeWhile(
        facts.list('bySequence', all).from(always),
        limit,
        ({ sequence, at }) => sequence <= through && (at <= before || sequence <= followed),
      );
      for (const row of first) facts.delete(String(row.sequence));
      const last = first.at(-1);
      if (last) trimmed.put({ through: Math.max(last.sequence, trimmed.get(all)?.through ?? 0) });
    },
  'due.put': ({ of, key, dueAt, text }) => {
    const row = { of, key, dueAt, text };
    return ({ due }) => due.put(row);
  },
  'due.hasten': ({ of, key, dueAt, text }) => {
    const row = { of, key, dueAt, text };
    return ({ due }) => {
      const known = due.get(dueId(row));
      if (!known || dueAt < known.dueAt) due.put(row);
    };
  },
  'due.delete': ({ of, key }) => {
    const id = dueId({ of, key });
    return ({ due }) => due.delete(id);
  },
  ...laneMutations,
  ...messageMutations,
  ...metricMutations,
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
