import type { SegmentReader, SegmentRecord } from '../../segments/index.ts';
import type { LogStreamRecord } from '../../store/index.ts';
import type { LogsRuntime } from './runtime.ts';
import { endOf, filesOf, StreamLanes, streamStart } from './stream-lanes.ts';

/** A live stream with its times as they are now, from what its task has written so far. */
export async function measureLive(runtime: LogsRuntime, stream: LogStreamRecord): Promise<LogStreamRecord> {
  const { firstEventAt: _first, lastEventAt: _last, ...rest } = stream;
  const files = await filesOf(runtime, stream);
  const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const ahead = new StreamLanes(runtime, files, { ...all, direction: 'forward', position: streamStart });
  const position = await endOf(runtime, files);
  const behind = new StreamLanes(runtime, files, { ...all, direction: 'backward', position });
  const first = await nextOf(ahead.lanes);
  const last = await nextOf(behind.lanes);
  if (first.length === 0 || last.length === 0) return rest;
  return {
    ...rest,
    firstEventAt: Math.min(...first.map(({ timestamp }) => timestamp)),
    lastEventAt: Math.max(...last.map(({ timestamp }) => timestamp)),
    lastIngestionAt: Math.max(...last.map(({ ingestedAt }) => ingestedAt)),
  };
}

/** The next record of each lane that has one. */
async function nextOf(lanes: readonly SegmentReader[]): Promise<SegmentRecord[]> {
  const records: SegmentRecord[] = [];
  for (const lane of lanes) {
    while ((await lane.fill()) === 'nothing-yet');
    const record = lane.peek();
    if (record) records.push(record);
  }
  return records;
}
