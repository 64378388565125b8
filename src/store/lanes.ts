import type { Scope } from '../core/arn.ts';
import type { EpochMilliseconds } from '../core/ids.ts';

/** Names what waits in a lane. */
export interface LanePlace {
  /** Whose lanes they are: `sns`. */
  readonly of: string;
  /** Unique among all of that kind, whatever the lane. */
  readonly key: string;
}

/**
 * What waits behind one receiver that may be slow: an endpoint, a queue. There may be millions, and only those that are
 * being dealt with are in memory; the lane alone has a row of due work.
 */
export interface LaneItem extends Scope, LanePlace {
  readonly lane: string;
  /** Not before then. */
  readonly dueAt: EpochMilliseconds;
  /** Tries made so far. */
  readonly tries: number;
  /** What it is, as its owner wrote it. */
  readonly text: string;
}

/** How much of a kind waits in one account and region, whatever the lane. */
export interface LaneTotal {
  readonly items: number;
  /** Characters of all texts together. */
  readonly size: number;
}
