import { firstPosition, listSegments, SegmentIndexes, SegmentReader } from '../segments/index.ts';

/** A line of output as it stands in a log stream. */
export interface LoggedLine {
  readonly timestamp: number;
  readonly line: Buffer;
}

/** Reads all lines of a log stream's directory, in order. */
export async function readSegments(directory: string, take: (line: LoggedLine) => void): Promise<void> {
  const files = await listSegments(directory);
  const reader = new SegmentReader(new SegmentIndexes(), directory, {
    files,
    direction: 'forward',
    position: firstPosition,
  });
  while ((await reader.fill()) !== 'end') {
    for (let record = reader.take(); record; record = reader.take()) {
      take({ timestamp: record.timestamp, line: Buffer.from(record.payload) });
    }
  }
}

/** The same, as text. */
export async function readLines(directory: string): Promise<string[]> {
  const lines: string[] = [];
  await readSegments(directory, ({ line }) => lines.push(line.toString()));
  return lines;
}
