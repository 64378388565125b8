/** Seconds of one point: of high resolution, as put, and the two to which those are added up. */
export type MetricResolution = 1 | 60 | 300 | 3600;

/** Points as they were put, in one piece; encoded by whoever puts them. */
export interface RecentPoints {
  /** Ascending. */
  readonly id: number;
  readonly points: Uint8Array;
}

/** Names a chunk: points of one series from `start`, which is in seconds. */
export interface MetricChunkPlace {
  readonly series: number;
  readonly resolution: MetricResolution;
  readonly start: number;
}

export interface MetricChunk extends MetricChunkPlace {
  /** The id of the last recent points that are in it. */
  readonly through: number;
  readonly points: Uint8Array;
}

/** Chunks of a series that begin within a time, in order. */
export interface MetricChunkQuery extends Pick<MetricChunkPlace, 'series' | 'resolution'> {
  readonly from: number;
  readonly before: number;
  readonly limit: number;
}

/** The chunks of one resolution that begin before a time, in seconds; at most `limit`, the oldest first. */
export interface MetricChunkTrim extends Pick<MetricChunkPlace, 'resolution'> {
  readonly before: number;
  readonly limit: number;
}
