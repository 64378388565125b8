import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { alarmArn } from '../access.ts';
import { shownQuery } from '../metric-query.ts';
import { isExtended, readStatistic } from '../points/statistic.ts';
import type { MetricAlarmRecord } from '../records.ts';
import { shownDimensions } from '../shapes.ts';

/** An alarm as DescribeAlarms shows it. */
export function shownAlarm(alarm: MetricAlarmRecord): MetricAlarm {
  const { name, description, actions, stateReasonData, datapointsToAlarm, treatMissingData, lowSampleCount } = alarm;
  return {
    AlarmName: name,
    AlarmArn: alarmArn(alarm, name),
    ...(description !== undefined && { AlarmDescription: description }),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...actions.OK],
    AlarmActions: [...actions.ALARM],
    InsufficientDataActions: [...actions.INSUFFICIENT_DATA],
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    ...(stateReasonData !== undefined && { StateReasonData: stateReasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.transitionedAt),
    ...watched(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(datapointsToAlarm !== undefined && { DatapointsToAlarm: datapointsToAlarm }),
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison as MetricAlarm['ComparisonOperator'],
    ...(treatMissingData !== undefined && { TreatMissingData: treatMissingData }),
    ...(lowSampleCount !== undefined && { EvaluateLowSampleCountPercentile: lowSampleCount }),
  };
}

function watched({ isSingle, queries }: MetricAlarmRecord): Partial<MetricAlarm> {
  const stat = queries[0]?.stat;
  if (!isSingle || !stat) return { Dimensions: [], Metrics: queries.map(shownQuery) };
  const read = readStatistic(stat.statistic);
  const isOther = read !== undefined && isExtended(read);
  return {
    MetricName: stat.name,
    Namespace: stat.namespace,
    ...(isOther ? { ExtendedStatistic: stat.statistic } : { Statistic: stat.statistic as MetricAlarm['Statistic'] }),
    Dimensions: shownDimensions(stat.dimensions),
    Period: stat.period,
    ...(stat.unit !== undefined && { Unit: stat.unit as MetricAlarm['Unit'] }),
  };
}
