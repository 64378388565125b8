import type {
  DescribeMetricFiltersCommandOutput,
  DescribeSubscriptionFiltersCommandOutput,
  MetricFilter as SdkMetricFilter,
  SubscriptionFilter as SdkSubscriptionFilter,
} from '@aws-sdk/client-cloudwatch-logs';
import { useCall, type Wire } from './use-call.ts';

export type MetricFilter = Wire<SdkMetricFilter>;
export type SubscriptionFilter = Wire<SdkSubscriptionFilter>;

/** What makes points of metrics of the events of a group. */
export function useMetricFilters(logGroupName: string) {
  const call = { service: 'logs', operation: 'DescribeMetricFilters', input: { logGroupName } } as const;
  return useCall<Wire<DescribeMetricFiltersCommandOutput>>(call);
}

/** What sends the events of a group on. */
export function useSubscriptionFilters(logGroupName: string) {
  const call = { service: 'logs', operation: 'DescribeSubscriptionFilters', input: { logGroupName } } as const;
  return useCall<Wire<DescribeSubscriptionFiltersCommandOutput>>(call);
}
