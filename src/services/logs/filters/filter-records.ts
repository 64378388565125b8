import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { MetricUnit } from '../../../core/metric-units.ts';
import type { SegmentPosition } from '../../../segments/index.ts';
import { defineRecord } from '../../../store/index.ts';

/** What a metric filter makes of an event that matches. */
export interface MetricTransformation {
  readonly name: string;
  readonly namespace: string;
  /** A number, or what the pattern names in an event: `$.latency`, `$bytes`. */
  readonly value: string;
  /** Put for each minute in which events came and none matched. */
  readonly defaultValue?: number;
  /** By the dimension's name what the pattern names. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: MetricUnit;
}

/** Makes points of a metric of the events of a group. */
export interface MetricFilterRecord extends Scope {
  readonly groupName: string;
  readonly name: string;
  readonly pattern: string;
  readonly transformations: readonly MetricTransformation[];
  /** Fields of the system that are dimensions, too. */
  readonly systemFields?: readonly string[];
  /** What was written before is not looked at. */
  readonly createdAt: EpochMilliseconds;
}

/** Sends the events of a group to a function. */
export interface SubscriptionFilterRecord extends Scope {
  readonly groupName: string;
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
  readonly distribution: string;
  /** What was written before is not sent. */
  readonly createdAt: EpochMilliseconds;
}

/**
 * A stream of a group with filters that has, or may have, events that they have not been asked about, and how far they have been.
 * A stream without one has none: whatever adds events to it makes one in the same commit.
 */
export interface FilterCursorRecord extends Scope {
  readonly groupName: string;
  readonly streamName: string;
  /** Of the stream: another of the same name has another. */
  readonly directory: string;
  /** In what its task wrote, and in what PutLogEvents did. */
  readonly task: SegmentPosition;
  readonly server: SegmentPosition;
}

/** Minutes of a metric filter with a default value in which events came: once such a one is over it is decided about. */
export interface DefaultMinutesRecord extends Scope {
  readonly groupName: string;
  readonly filterName: string;
  readonly minutes: readonly DefaultMinute[];
}

export interface DefaultMinute {
  /** When it began. */
  readonly at: EpochMilliseconds;
  /** An event of it has matched. */
  readonly matched: boolean;
}

/** Names a filter of a group within its scope. A group's name has no line break. */
export function filterKey(groupName: string, name: string): string {
  return `${groupName}\n${name}`;
}

export const metricFilterRecords = defineRecord({
  type: 'logMetricFilter',
  key: ({ groupName, name }: MetricFilterRecord) => filterKey(groupName, name),
  indexes: { group: { value: ({ groupName }) => groupName, order: ({ name }) => name } },
});

export const subscriptionFilterRecords = defineRecord({
  type: 'logSubscriptionFilter',
  key: ({ groupName, name }: SubscriptionFilterRecord) => filterKey(groupName, name),
  indexes: { group: { value: ({ groupName }) => groupName, order: ({ name }) => name } },
});

export const filterCursorRecords = defineRecord({
  type: 'logFilterCursor',
  key: ({ directory }: FilterCursorRecord) => directory,
});

export const defaultMinutesRecords = defineRecord({
  type: 'logDefaultMinutes',
  key: ({ groupName, filterName }: DefaultMinutesRecord) => filterKey(groupName, filterName),
});

export const filterRecords = [
  metricFilterRecords,
  subscriptionFilterRecords,
  filterCursorRecords,
  defaultMinutesRecords,
];
