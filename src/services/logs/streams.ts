import { type Scope, scopeOf } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { uuidV7 } from '../../core/random.ts';
import type { SegmentSummary } from '../../segments/index.ts';
import type { LogSegmentRecord, LogStreamRecord, Transaction } from '../../store/index.ts';
import { isDoomed } from './groups.ts';
import { streamMissing } from './refusals.ts';
import type { LogsRuntime } from './runtime.ts';

/** The stream, or undefined if there is none or it belongs to a deleted group. */
export async function readStream(
  runtime: LogsRuntime,
  scope: Scope,
  groupName: string,
  name: string,
): Promise<LogStreamRecord | undefined> {
  const stream = await runtime.store.reads.logStream(scope, groupName, name);
  return stream && !isDoomed(runtime, stream) ? stream : undefined;
}

/** Throws AWS's `ResourceNotFoundException` if there is no such stream. */
export async function findStream(
  runtime: LogsRuntime,
  scope: Scope,
  groupName: string,
  name: string,
): Promise<LogStreamRecord> {
  const stream = await readStream(runtime, scope, groupName, name);
  if (!stream) throw streamMissing();
  return stream;
}

/** A stream in a fresh directory of its own: names of groups and streams are no safe file names. */
export function newStream(
  runtime: LogsRuntime,
  scope: Scope,
  names: { readonly groupName: string; readonly name: string },
  rest: { readonly createdAt: EpochMilliseconds; readonly live: boolean },
): LogStreamRecord {
  const { account, region } = scope;
  const id = uuidV7(runtime.clock.now(), runtime.random);
  // The last digits are random: they spread the streams over 256 directories.
  const directory = `${account}/${region}/${id.slice(-2)}/${id}`;
  return { account, region, groupName: names.groupName, name: names.name, directory, storedBytes: 0, ...rest };
}

export function segmentRecord(stream: LogStreamRecord, summary: SegmentSummary): LogSegmentRecord {
  const { account, region, groupName, name: streamName } = stream;
  return { account, region, groupName, streamName, ...summary };
}

/** Deletes the row of a segment and, once that is durable, its file. */
export function removeSegments(
  runtime: LogsRuntime,
  transaction: Transaction,
  stream: LogStreamRecord,
  segments: readonly LogSegmentRecord[],
): void {
  deleteRows(transaction, stream, segments);
  const paths = segments.map(({ file }) => `${stream.directory}/${file}`);
  runtime.deletions.add(transaction, stream, paths);
}

/** Deletes a stream, its segments' rows and, once that is durable, its directory. Does nothing if it is gone already. */
export function removeStream(runtime: LogsRuntime, stream: LogStreamRecord): Promise<void> {
  return runtime.turns.take(stream.directory, async () => {
    const { groupName, name } = stream;
    const scope = scopeOf(stream);
    const current = await runtime.store.reads.logStream(stream, groupName, name);
    if (current?.directory !== stream.directory) return;
    await runtime.appenders.end(stream.directory);
    const segments = await runtime.store.reads.logSegments(stream, groupName, name);
    runtime.ledger.transact((transaction) => {
      deleteRows(transaction, stream, segments);
      transaction.add({ kind: 'stream.delete', scope, groupName, name });
      runtime.cursors.streamRemoved(transaction, current);
      const waitsFor = current.live ? { ...scope, groupName, streamName: name } : undefined;
      runtime.deletions.add(transaction, stream, [stream.directory], waitsFor);
    });
  });
}

function deleteRows(transaction: Transaction, stream: LogStreamRecord, segments: readonly LogSegmentRecord[]): void {
  const { groupName, name: streamName } = stream;
  const scope = scopeOf(stream);
  for (const { file } of segments) {
    transaction.add({ kind: 'segment.delete', scope, groupName, streamName, file });
  }
}
