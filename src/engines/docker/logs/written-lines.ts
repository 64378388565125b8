import { firstPosition, listSegments, SegmentIndexes, SegmentReader, summarise } from '../../../segments/index.ts';
import { outputLimitWords } from '../../output-limit.ts';
import { dockerLimits } from '../docker-limits.ts';

/** What of a container's output is in its segments, and where reading goes on without losing a line or having one twice. */
export interface WrittenLines {
  /** Bytes that the lines take on disk, about; infinite with the line that says that the rest is dropped. */
  readonly bytes: number;
  /** Output of before this time, in ms, is all there. */
  readonly completeUntil: number;
  /** How many lines are there of each time since then. */
  readonly counts: Map<number, number>;
}

/**
 * Reads where the segments of a stream end, or, `fromStart`, all of them: events of many lines have the time of their first, and are
 * the same again only if they are made of all the output. The daemon stamps a container's two pipes on their own, so that the last lines
 * may not be in the order of their times: those of the last two seconds are counted by their time.
 */
export async function readWritten(
  directory: string,
  maximumBytes: number,
  { fromStart = false } = {},
): Promise<WrittenLines> {
  const summaries = await summarise(directory, '');
  if (summaries.length === 0) return { bytes: 0, completeUntil: Number.NEGATIVE_INFINITY, counts: new Map() };
  const last = Math.max(...summaries.map(({ lastEventAt }) => lastEventAt));
  const completeUntil = fromStart ? Number.NEGATIVE_INFINITY : Math.floor(last / 1000) * 1000 - dockerLimits.overlapMs;
  const counts = new Map<number, number>();
  const files = (await listSegments(directory)).filter(({ file }) =>
    summaries.some((summary) => summary.file === file && summary.lastEventAt >= completeUntil),
  );
  const options = { files, direction: 'forward', position: firstPosition, from: completeUntil } as const;
  const reader = new SegmentReader(new SegmentIndexes(), directory, options);
  const end = Buffer.from(outputLimitWords(maximumBytes));
  let bytes = summaries.reduce((sum, each) => sum + each.bytes, 0);
  while ((await reader.fill()) !== 'end') {
    for (let record = reader.take(); record; record = reader.take()) {
      counts.set(record.timestamp, (counts.get(record.timestamp) ?? 0) + 1);
      if (end.equals(record.payload)) bytes = Number.POSITIVE_INFINITY;
    }
  }
  return { bytes, completeUntil, counts };
}
