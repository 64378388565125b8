import type { GetOverviewOutput } from '../../../src/services/batch/batchyard/get-overview.ts';
import { useCall } from './use-call.ts';

export type OverviewQueue = GetOverviewOutput['queues'][number];
export type OverviewEnvironment = GetOverviewOutput['environments'][number];
export type RecentFailures = GetOverviewOutput['failures'][number];

/** How all goes now and went in the last hour, from what is counted as it happens. */
export function useOverview() {
  return useCall<GetOverviewOutput>({ service: 'batchyard', operation: 'GetOverview', input: {} });
}
