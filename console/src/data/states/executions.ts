import type {
  DescribeExecutionCommandOutput,
  DescribeMapRunCommandOutput,
  DescribeStateMachineForExecutionCommandOutput,
  ExecutionListItem,
  ExecutionStatus,
  GetExecutionHistoryCommandOutput,
  ListExecutionsCommandOutput,
  ListMapRunsCommandOutput,
} from '@aws-sdk/client-sfn';
import { useCall, type Wire } from '../use-call.ts';

export type ExecutionItem = Wire<ExecutionListItem>;
export type Execution = Wire<Omit<DescribeExecutionCommandOutput, '$metadata'>>;
export type MapRun = Wire<Omit<DescribeMapRunCommandOutput, '$metadata'>>;

export const executionStatuses = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
  'PENDING_REDRIVE',
] as const satisfies readonly ExecutionStatus[];

const pageSize = 50;

/** Of a machine, a version or an alias, or of a map run. */
export type ExecutionsOf = { readonly stateMachineArn: string } | { readonly mapRunArn: string };

export interface ExecutionFilter {
  readonly statusFilter?: string;
  readonly redriveFilter?: string;
}

/** Newest first. */
export function useExecutions(of: ExecutionsOf, filter: ExecutionFilter, nextToken: string | undefined) {
  const input = { ...of, ...filter, maxResults: pageSize, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'states', operation: 'ListExecutions', input } as const;
  return useCall<Wire<ListExecutionsCommandOutput>>(call);
}

export function useExecution(executionArn: string) {
  const call = { service: 'states', operation: 'DescribeExecution', input: { executionArn } } as const;
  return useCall<Execution>(call);
}

/** The definition that an execution began with, whatever its machine has now. */
export function useMachineOfExecution(executionArn: string) {
  const input = { executionArn };
  const call = { service: 'states', operation: 'DescribeStateMachineForExecution', input } as const;
  return useCall<Wire<DescribeStateMachineForExecutionCommandOutput>>(call);
}

/** A page of events, oldest or newest first. */
export function useEvents(executionArn: string, reverseOrder: boolean, nextToken: string | undefined) {
  const input = { executionArn, reverseOrder, maxResults: pageSize, ...(nextToken !== undefined && { nextToken }) };
  const call = { service: 'states', operation: 'GetExecutionHistory', input } as const;
  return useCall<Wire<GetExecutionHistoryCommandOutput>>(call);
}

export function useMapRuns(executionArn: string) {
  const input = { executionArn, maxResults: pageSize };
  const call = { service: 'states', operation: 'ListMapRuns', input } as const;
  return useCall<Wire<ListMapRunsCommandOutput>>(call);
}

export function useMapRun(mapRunArn: string) {
  return useCall<MapRun>({ service: 'states', operation: 'DescribeMapRun', input: { mapRunArn } });
}
