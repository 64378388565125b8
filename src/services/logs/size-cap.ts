import { Buffer } from 'node:buffer';
import type { LogSegmentRecord, LogStreamRecord } from '../../store/index.ts';
import type { LogsRuntime } from './runtime.ts';
import { removeSegments, removeStream, segmentRecord } from './streams.ts';
import { withTimes } from './task-streams.ts';

/** Once over the cap, streams are dropped until this part of it is in use, so that it is not reached again at once. */
const targetShare = 0.95;
const slice = 20;
/** What holds less than this is not worth a notice: an earlier notice among others. */
const worthNoticeBytes = 1024;

/**
 * Keeps finished segments within `maximumBytes`: the events of the streams that ended longest ago are removed, and each
 * says so itself, by one event in their place; the server's log says so too. A stream that holds next to nothing (such a
 * notice, when its turn comes again) is deleted whole. Answers how many bytes went.
 */
export async function keepWithinCap(runtime: LogsRuntime, signal: AbortSignal): Promise<number> {
  const { limits, logger, store } = runtime;
  const used = await store.reads.logBytes();
  if (used <= limits.maximumBytes) return 0;
  const excess = used - limits.maximumBytes * targetShare;
  let freed = 0;
  while (freed < excess && !signal.aborted) {
    const streams = await store.reads.oldestFinishedLogStreams(slice);
    const before = freed;
    for (const stream of streams) {
      if (freed >= excess || signal.aborted) break;
      freed += await dropStream(runtime, stream);
    }
    await store.settled();
    if (freed === before) break;
  }
  const facts = { usedBytes: used, maximumBytes: limits.maximumBytes, freedBytes: freed };
  if (freed < excess)
    logger.warn(facts, 'logs are over their size limit, and too few finished streams are left to drop');
  else logger.warn(facts, 'logs were over their size limit: dropped the events of the oldest finished streams');
  return freed;
}

async function dropStream(runtime: LogsRuntime, stream: LogStreamRecord): Promise<number> {
  const { groupName, name: streamName } = stream;
  const bytes = sizeOf(await runtime.store.reads.logSegments(stream, groupName, streamName));
  runtime.logger.info({ groupName, streamName, bytes }, 'dropping the events of a log stream');
  if (bytes >= worthNoticeBytes) return replaceByNotice(runtime, stream);
  await removeStream(runtime, stream);
  return bytes;
}

function replaceByNotice(runtime: LogsRuntime, stream: LogStreamRecord): Promise<number> {
  const { appenders, clock, ledger, limits, turns, store } = runtime;
  const { directory, groupName, name } = stream;
  return turns.take(directory, async () => {
    const current = await store.reads.logStream(stream, groupName, name);
    if (current?.directory !== directory || current.live) return 0;
    const segments = await store.reads.logSegments(stream, groupName, name);
    // A notice that no row names would take room without being read: each sweep would add one.
    ledger.demandChanges();
    await appenders.end(directory);
    const now = clock.now();
    const payload = Buffer.from(notice(sizeOf(segments), segments, limits.maximumBytes));
    const { summary } = await appenders.append(directory, [{ timestamp: now, ingestedAt: now, payload }]);
    await appenders.end(directory);
    ledger.transact((transaction) => {
      removeSegments(runtime, transaction, current, segments);
      transaction.add({ kind: 'segment.put', record: segmentRecord(current, summary) });
      transaction.add({ kind: 'stream.put', record: withTimes(current, [summary]) });
    });
    return sizeOf(segments) - summary.bytes;
  });
}

function notice(bytes: number, segments: readonly LogSegmentRecord[], maximumBytes: number): string {
  const events = segments.reduce((sum, segment) => sum + segment.events, 0);
  return `[batchyard] ${events} events (${bytes} bytes) of this stream were deleted: logs had grown over their limit of ${maximumBytes} bytes.`;
}

function sizeOf(segments: readonly LogSegmentRecord[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}
