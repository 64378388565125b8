import { type Scope, scopeOf } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { LogStreamRecord, Tags, Transaction } from '../../store/index.ts';
import { removeFilters } from './filters/remove-filters.ts';
import {
  type GroupDeletionRecord,
  groupDeletionRecords,
  type LogGroupRecord,
  logGroupRecords,
  resourcePolicyKey,
  resourcePolicyRecords,
} from './records.ts';
import { groupMissing } from './refusals.ts';
import type { LogsRuntime } from './runtime.ts';

/** Throws AWS's `ResourceNotFoundException` if there is none. */
export function findGroup(runtime: LogsRuntime, scope: Scope, groupName: string): LogGroupRecord {
  const group = runtime.ledger.get(logGroupRecords, scope, groupName);
  if (!group) throw groupMissing();
  return group;
}

export function newGroup(
  scope: Scope,
  name: string,
  rest: { readonly createdAt: EpochMilliseconds; readonly tags: Tags },
): LogGroupRecord {
  return { ...scopeOf(scope), name, ...rest };
}

/** Events older than this are hidden, and removed by the sweeper. */
export function expiresBefore(group: LogGroupRecord, now: EpochMilliseconds): EpochMilliseconds {
  return group.retentionInDays === undefined ? Number.NEGATIVE_INFINITY : now - group.retentionInDays * 86_400_000;
}

/**
 * Deletes the group at once, and leaves a mark: streams created at or before it belong to the deleted group, wherever
 * they still stand, even if a group of that name has come to life again. Answers the mark, which is later than one that
 * stands: a group that lives again has streams after that one.
 */
export function markDeleted(
  runtime: Pick<LogsRuntime, 'ledger' | 'clock'>,
  transaction: Transaction,
  group: LogGroupRecord,
): GroupDeletionRecord {
  const deletedAt = timeAfterDeletion(runtime, group, group.name);
  const mark = { ...scopeOf(group), groupName: group.name, deletedAt };
  transaction.delete(logGroupRecords, group, group.name);
  transaction.delete(resourcePolicyRecords, group, resourcePolicyKey({ groupName: group.name }));
  removeFilters(runtime.ledger, transaction, group);
  transaction.put(groupDeletionRecords, mark);
  return mark;
}

/** Takes a mark away whose streams are gone, unless the group has lived and been deleted again: that mark is another's. */
export function clearMark(runtime: LogsRuntime, transaction: Transaction, mark: GroupDeletionRecord): void {
  if (deletionOf(runtime, mark, mark.groupName) !== mark.deletedAt) return;
  transaction.delete(groupDeletionRecords, mark, mark.groupName);
}

/** When the group of this name was deleted whose streams are still being taken away; undefined if there is none. */
export function deletionOf(
  runtime: Pick<LogsRuntime, 'ledger'>,
  scope: Scope,
  groupName: string,
): EpochMilliseconds | undefined {
  return runtime.ledger.get(groupDeletionRecords, scope, groupName)?.deletedAt;
}

/** Every group whose streams are still being taken away. */
export function unfinishedDeletions(runtime: LogsRuntime): readonly GroupDeletionRecord[] {
  return runtime.ledger.all(groupDeletionRecords);
}

/** Whether a stream belongs to a deleted group. */
export function isDoomed(runtime: Pick<LogsRuntime, 'ledger'>, stream: LogStreamRecord): boolean {
  const deletedAt = deletionOf(runtime, stream, stream.groupName);
  return deletedAt !== undefined && stream.createdAt <= deletedAt;
}

/** The time of a new stream, or of another deletion: now, but after the deletion that the group's name may be under. */
export function timeAfterDeletion(
  runtime: Pick<LogsRuntime, 'ledger' | 'clock'>,
  scope: Scope,
  groupName: string,
): EpochMilliseconds {
  return Math.max(runtime.clock.now(), (deletionOf(runtime, scope, groupName) ?? 0) + 1);
}
