import { alarmArn } from '../access.ts';
import { shownQuery } from '../metric-query.ts';
import type { MetricAlarmRecord } from '../records.ts';
import { awsTime } from './reason.ts';

/** What an SNS topic is sent about a change. */
export function notification(before: MetricAlarmRecord, alarm: MetricAlarmRecord) {
  const { name, account, region, state, stateReason, actions, queries, isSingle } = alarm;
  const stat = queries[0]?.stat;
  const single = isSingle && stat;
  return {
    AlarmName: name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: awsTime(alarm.configuredAt),
    NewStateValue: state,
    NewStateReason: stateReason,
    StateChangeTime: awsTime(alarm.stateUpdatedAt),
    Region: region,
    AlarmArn: alarmArn(alarm, name),
    OldStateValue: before.state,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    Trigger: {
      ...(single && {
        MetricName: stat.name,
        Namespace: stat.namespace,
        StatisticType: stat.statistic.startsWith('p') ? 'ExtendedStatistic' : 'Statistic',
        Statistic: stat.statistic.toUpperCase(),
        Unit: stat.unit ?? null,
        Dimensions: stat.dimensions.map((each) => ({ value: each.value, name: each.name })),
      }),
      Period: alarm.period,
      EvaluationPeriods: alarm.evaluationPeriods,
      ...(alarm.datapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.datapointsToAlarm }),
      ComparisonOperator: alarm.comparison,
      Threshold: alarm.threshold,
      TreatMissingData: alarm.treatMissingData ?? '',
      EvaluateLowSampleCountPercentile: alarm.lowSampleCount ?? '',
      ...(!single && { Metrics: queries.map(shownQuery) }),
    },
  };
}
