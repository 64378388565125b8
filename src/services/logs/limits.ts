import type { Milliseconds } from '../../core/ids.ts';

const kibi = 1024;
const mebi = 1024 * kibi;
const hour: Milliseconds = 60 * 60_000;
export const day: Milliseconds = 24 * hour;

/** What an operator may set. */
export interface LogsLimits {
  /** Bytes of finished log segments on disk; beyond it the oldest finished streams are dropped. @default 10 GiB */
  readonly maximumBytes: number;
  /** How often retention and the size are looked at. @default 60 s */
  readonly sweepEvery: Milliseconds;
  /** Whether PutLogEvents waits for the medium, not only for the system. @default true */
  readonly syncToMedium: boolean;
}

export const defaultLogsLimits: LogsLimits = {
  maximumBytes: 10 * 1024 * mebi,
  sweepEvery: 60_000,
  syncToMedium: true,
};

/** AWS's quotas of CloudWatch Logs. */
export const quotas = {
  batchBytes: mebi,
  batchEvents: 10_000,
  batchSpan: 24 * hour,
  eventOverheadBytes: 26,
  eventAge: 14 * day,
  eventLead: 2 * hour,
  pageEvents: 10_000,
  pageBytes: mebi,
  describePage: 50,
  filterStreamNames: 100,
  tags: 50,
  resourcePolicies: 10,
  resourcePolicyLength: 51_200,
  queryDefinitions: 1_000,
  metricFilters: 100,
  subscriptionFilters: 2,
  /** Metric and subscription filters of one group whose patterns have a regular expression. */
  expressionFilters: 5,
  filterDimensions: 3,
  /** Different values of dimensions that one metric filter makes in an hour. */
  dimensionValues: 1_000,
} as const;

/** The days that PutRetentionPolicy takes. */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Our own bounds on the work of one answer and one turn. */
export const work = {
  /** Bytes of segments read for one page of events; the page is then given as it is, with a token. */
  pageReadBytes: 16 * mebi,
  /** Streams listed for one page of FilterLogEvents. */
  pageStreams: 1000,
  /** Streams that FilterLogEvents merges by time at once, unless the caller names them. */
  mergedStreams: 64,
  /** Events looked at before other work gets a turn. */
  turnEvents: 500,
  /** So many bytes of an event count as one more. */
  eventBytes: 512,
  /** So many steps of a regular expression count as one more. */
  eventSteps: 10_000,
  /** What filters read of one stream before the next one's turn. */
  filterReadBytes: 4 * mebi,
  /** Points and messages that filters gather for one commit. */
  filterCommit: 5_000,
  /** Streams whose cursors move in one commit. */
  filterStreams: 50,
  /** Streams or segments deleted in one transaction. */
  deletionSlice: 100,
} as const;
