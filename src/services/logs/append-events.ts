import type { EpochMilliseconds } from '../../core/ids.ts';
import type { LogStreamRecord } from '../../store/index.ts';
import type { Appended } from './appenders.ts';
import { findGroup } from './groups.ts';
import type { EncodedEvent } from './put-batch.ts';
import { streamMissing } from './refusals.ts';
import type { LogsRuntime } from './runtime.ts';
import { findStream, segmentRecord } from './streams.ts';

/**
 * Appends events to the server's segment of a stream, then makes them count by its row: until the row is durable nobody
 * reads them, and if it never becomes so they are left behind in the file. Throws AWS's errors if the stream is gone.
 */
export function appendEvents(
  runtime: LogsRuntime,
  stream: LogStreamRecord,
  events: readonly EncodedEvent[],
  now: EpochMilliseconds,
): Promise<void> {
  const { directory, groupName, name } = stream;
  return runtime.turns.take(directory, async () => {
    const current = await findStream(runtime, stream, groupName, name);
    if (current.directory !== directory) throw streamMissing();
    const records = events.map(({ timestamp, payload }) => ({ timestamp, ingestedAt: now, payload }));
    const appended = await runtime.appenders.append(directory, records);
    try {
      runtime.ledger.transact((transaction) => {
        findGroup(runtime, stream, groupName);
        transaction.add({ kind: 'segment.put', record: segmentRecord(current, appended.summary) });
        transaction.add({ kind: 'stream.put', record: grown(current, appended, events, now) });
        runtime.cursors.appended(transaction, current, appended);
      });
      await runtime.store.settled();
      runtime.liveTails.put(current, records);
    } catch (error) {
      await runtime.appenders.end(directory);
      throw error;
    } finally {
      runtime.cursors.readable(directory);
    }
  });
}

function grown(
  stream: LogStreamRecord,
  { addedBytes }: Appended,
  events: readonly EncodedEvent[],
  now: EpochMilliseconds,
): LogStreamRecord {
  const first = events[0]?.timestamp ?? now;
  const last = events.at(-1)?.timestamp ?? now;
  return {
    ...stream,
    firstEventAt: Math.min(stream.firstEventAt ?? first, first),
    lastEventAt: Math.max(stream.lastEventAt ?? last, last),
    lastIngestionAt: Math.max(stream.lastIngestionAt ?? now, now),
    storedBytes: stream.storedBytes + addedBytes,
  };
}
