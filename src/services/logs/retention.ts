import { scopeOf } from '../../core/arn.ts';
import type { LogSegmentRecord } from '../../store/index.ts';
import { expiresBefore } from './groups.ts';
import { work } from './limits.ts';
import type { LogGroupRecord } from './records.ts';
import type { LogsRuntime } from './runtime.ts';
import { removeSegments } from './streams.ts';
import { withTimes } from './task-streams.ts';

/**
 * Removes the segments of a group whose newest event has expired, a slice at a time. Streams stay, as they do on AWS.
 * Answers how many segments went.
 */
export async function expireSegments(
  runtime: LogsRuntime,
  group: LogGroupRecord,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  while (!signal.aborted && group.retentionInDays !== undefined) {
    const slice = await runtime.store.reads.expiredLogSegments({
      scope: scopeOf(group),
      groupName: group.name,
      before: expiresBefore(group, runtime.clock.now()),
      limit: work.deletionSlice,
    });
    const byStream = Map.groupBy(slice, ({ streamName }) => streamName);
    for (const [streamName, expired] of byStream) await expireInStream(runtime, group, streamName, expired);
    await runtime.store.settled();
    removed += slice.length;
    if (slice.length < work.deletionSlice) break;
  }
  return removed;
}

async function expireInStream(
  runtime: LogsRuntime,
  group: LogGroupRecord,
  streamName: string,
  expired: readonly LogSegmentRecord[],
): Promise<void> {
  const { reads } = runtime.store;
  const stream = await reads.logStream(group, group.name, streamName);
  if (!stream) return;
  await runtime.turns.take(stream.directory, async () => {
    const current = await reads.logStream(group, group.name, streamName);
    if (current?.directory !== stream.directory) return;
    // The open segment may be among them: what comes later begins another.
    await runtime.appenders.end(stream.directory);
    const segments = await reads.logSegments(group, group.name, streamName);
    const files = new Set(expired.map(({ file }) => file));
    const before = expiresBefore(group, runtime.clock.now());
    const isGone = ({ file, lastEventAt }: LogSegmentRecord) => files.has(file) && lastEventAt < before;
    const kept = segments.filter((segment) => !isGone(segment));
    runtime.ledger.transact((transaction) => {
      removeSegments(runtime, transaction, current, segments.filter(isGone));
      const record = withTimes(current, kept);
      transaction.add({
        kind: 'stream.put',
        record: current.live ? { ...record, lastEventAt: current.createdAt } : record,
      });
    });
  });
}
