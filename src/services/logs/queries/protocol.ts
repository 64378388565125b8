import type { SegmentFile } from '../../../segments/index.ts';

/** What a thread is started with: a query that has been compiled once before. */
export interface ScanStart {
  readonly query: string;
  readonly now: number;
  readonly limit: number | undefined;
}

/** A stream to be read, and which of its events. */
export interface ScannedStream {
  /** Absolute. */
  readonly directory: string;
  /** Below the log directory. */
  readonly place: string;
  readonly account: string;
  readonly group: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly task: readonly SegmentFile[];
  readonly server: readonly SegmentFile[];
}

export interface ScanStatistics {
  readonly recordsScanned: number;
  readonly recordsMatched: number;
  readonly bytesScanned: number;
}

/** What a thread is told: streams, of which it wants more when it is through; then that there are no more. */
export type ScanOrder =
  | { readonly kind: 'streams'; readonly streams: readonly ScannedStream[] }
  | { readonly kind: 'end' };

/** What a thread tells. */
export type ScanReply =
  | { readonly kind: 'more' }
  | { readonly kind: 'progress'; readonly statistics: ScanStatistics }
  | { readonly kind: 'damage'; readonly place: string; readonly words: string }
  /** Some rows of the result, in their order: JSON of a list of them. */
  | { readonly kind: 'rows'; readonly text: string; readonly count: number }
  | { readonly kind: 'done'; readonly statistics: ScanStatistics }
  /** It is over a bound. */
  | { readonly kind: 'failed'; readonly words: string }
  /** A fault of ours. */
  | { readonly kind: 'broken'; readonly message: string };
