import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { MetricWindow } from '../../data/metric-window.ts';
import { type Metric, metricDataCall, useMetricData } from '../../data/metrics.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../aws-line.tsx';
import { Failure } from '../failure.tsx';
import { LineChart } from './line-chart.tsx';

interface MetricChartProps {
  readonly metric: Metric;
  readonly window: MetricWindow;
  readonly threshold?: number | undefined;
}

/** What a metric was over a time. */
export function MetricChart({ metric, window, threshold }: MetricChartProps) {
  const text = useText();
  const { data, error } = useMetricData(metric, window);
  if (error) return <Failure error={error} />;
  if (!data) return <StatusIndicator type="loading">{text('table.loading')}</StatusIndicator>;
  const { Timestamps = [], Values = [] } = data.MetricDataResults?.[0] ?? {};
  const points = Timestamps.map((at, index) => ({ at, value: Values[index] ?? 0 }));
  return (
    <SpaceBetween size="xs">
      <LineChart label={metric.MetricName ?? ''} points={points} window={window} threshold={threshold} />
      <AwsLine call={metricDataCall(metric, window)} />
    </SpaceBetween>
  );
}
