export type { SegmentRecord } from './block-frames.ts';
export { frameHeaderBytes } from './format.ts';
export { type AppendedRecord, SegmentAppender, type SegmentAppenderOptions } from './segment-appender.ts';
export { findEnd, listSegments, type SegmentFile, summarise } from './segment-files.ts';
export { SegmentIndexes } from './segment-indexes.ts';
export { parseSegmentName } from './segment-name.ts';
export { firstPosition, type SegmentPosition } from './segment-position.ts';
export {
  type FillResult,
  SegmentReader,
  type SegmentReaderOptions,
} from './segment-reader.ts';
export { type SegmentSummary, SegmentWriter, type SegmentWriterOptions } from './segment-writer.ts';
