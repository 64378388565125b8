import type {
  GetMetricDataCommandOutput,
  ListMetricsCommandOutput,
  Dimension as SdkDimension,
  Metric as SdkMetric,
} from '@aws-sdk/client-cloudwatch';
import type { Call } from '../api/protocol.ts';
import type { MetricWindow } from './metric-window.ts';
import { useCall, type Wire } from './use-call.ts';

export type Metric = Wire<SdkMetric>;
export type Dimension = Wire<SdkDimension>;

/** A page of the metrics that something was put to in the last two weeks; of all namespaces where it is ''. */
export function useMetrics(namespace: string, name: string, nextToken: string | undefined) {
  const input = {
    ...(namespace !== '' && { Namespace: namespace }),
    ...(name !== '' && { MetricName: name }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
  return useCall<Wire<ListMetricsCommandOutput>>(
    { service: 'monitoring', operation: 'ListMetrics', input },
    { untold: true },
  );
}

export function metricDataCall(metric: Metric, { statistic, period, from, to }: MetricWindow): Call {
  const MetricStat = { Metric: metric, Period: period, Stat: statistic };
  const input = {
    MetricDataQueries: [{ Id: 'm', MetricStat }],
    StartTime: from,
    EndTime: to,
    ScanBy: 'TimestampAscending',
  };
  return { service: 'monitoring', operation: 'GetMetricData', input };
}

export function useMetricData(metric: Metric, window: MetricWindow) {
  return useCall<Wire<GetMetricDataCommandOutput>>(metricDataCall(metric, window), { untold: true });
}
