import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** What a metric is called: its dimensions, in the order of their names, belong to it as a whole. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

/** Points of a metric that were put with one unit, for whole minutes or for seconds. */
export interface MetricSeriesRecord extends Scope, MetricName {
  /** Stands for it in the store. */
  readonly id: number;
  /** Absent: none was given. */
  readonly unit?: string;
  readonly resolution: 1 | 60;
  readonly firstAt: EpochMilliseconds;
  /** When something was last put, to about an hour. */
  readonly lastAt: EpochMilliseconds;
}

export const metricSeriesRecords = defineRecord({
  type: 'metricSeries',
  key: ({ id }: MetricSeriesRecord) => String(id),
});

/** A query for a metric or an expression, as an alarm has it. */
export interface StoredMetricQuery {
  readonly id: string;
  readonly label?: string;
  readonly returnData: boolean;
  readonly period?: number;
  readonly expression?: string;
  readonly stat?: MetricName & { readonly period: number; readonly statistic: string; readonly unit?: string };
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm that watches a metric or an expression. */
export interface MetricAlarmRecord extends Scope {
  readonly name: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** What is watched: of an alarm for one metric the one query that there is. */
  readonly queries: readonly StoredMetricQuery[];
  /** Whether it was given as one metric: then it is shown as one. */
  readonly isSingle: boolean;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly treatMissingData?: string;
  readonly lowSampleCount?: string;
  readonly tags: Tags;
  readonly createdAt: EpochMilliseconds;
  readonly configuredAt: EpochMilliseconds;
  readonly state: AlarmState;
  readonly stateReason: string;
  /** JSON text. */
  readonly stateReasonData?: string;
  readonly stateUpdatedAt: EpochMilliseconds;
  readonly transitionedAt: EpochMilliseconds;
}

export const metricAlarmRecords = defineRecord({
  type: 'metricAlarm',
  key: ({ name }: MetricAlarmRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** Something that happened to an alarm. */
export interface AlarmHistoryRecord extends Scope {
  readonly alarm: string;
  /** Counts what happened to alarms of a scope. */
  readonly number: number;
  readonly at: EpochMilliseconds;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON text. */
  readonly data: string;
}

/** A text that sorts as its number does. */
export function ordered(number: number): string {
  return String(number).padStart(16, '0');
}

export const alarmHistoryRecords = defineRecord({
  type: 'alarmHistory',
  key: ({ number }: AlarmHistoryRecord) => String(number),
  indexes: {
    alarm: { value: ({ alarm }) => alarm, order: ({ number }) => ordered(number) },
    time: { order: ({ number }) => ordered(number) },
  },
});

/** A dashboard: its body is kept as it was given. */
export interface DashboardRecord extends Scope {
  readonly name: string;
  readonly body: string;
  readonly tags: Tags;
  readonly changedAt: EpochMilliseconds;
}

export const dashboardRecords = defineRecord({
  type: 'dashboard',
  key: ({ name }: DashboardRecord) => name,
  indexes: { name: { order: ({ name }) => name } },
});

/** Every type of record that CloudWatch keeps. */
export const cloudWatchRecords = [metricSeriesRecords, metricAlarmRecords, alarmHistoryRecords, dashboardRecords];
