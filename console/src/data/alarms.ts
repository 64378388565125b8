import type {
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandOutput,
  AlarmHistoryItem as SdkHistoryItem,
  MetricAlarm as SdkMetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { useCall, type Wire } from './use-call.ts';

export type Alarm = Wire<SdkMetricAlarm>;
export type AlarmHistoryItem = Wire<SdkHistoryItem>;

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** A page of the alarms in a state, in any where it is ''. */
export function useAlarms(state: string, prefix: string, nextToken: string | undefined) {
  const input = {
    ...(state !== '' && { StateValue: state }),
    ...(prefix !== '' && { AlarmNamePrefix: prefix }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
    MaxRecords: 50,
  };
  return useCall<Wire<DescribeAlarmsCommandOutput>>({ service: 'monitoring', operation: 'DescribeAlarms', input });
}

export function useAlarm(name: string) {
  const input = { AlarmNames: [name] };
  return useCall<Wire<DescribeAlarmsCommandOutput>>({ service: 'monitoring', operation: 'DescribeAlarms', input });
}

/** What happened to an alarm, newest first. */
export function useAlarmHistory(name: string, nextToken: string | undefined) {
  const input = { AlarmName: name, MaxRecords: 25, ...(nextToken !== undefined && { NextToken: nextToken }) };
  const call = { service: 'monitoring', operation: 'DescribeAlarmHistory', input } as const;
  return useCall<Wire<DescribeAlarmHistoryCommandOutput>>(call);
}
