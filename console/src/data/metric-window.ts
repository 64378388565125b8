/** What is asked of a metric: how its values are put together, and of which times. Seconds. */
export interface MetricWindow {
  readonly statistic: string;
  readonly period: number;
  readonly from: number;
  readonly to: number;
}
