import type {
  DescribeLogGroupsCommandOutput,
  DescribeLogStreamsCommandOutput,
  LogGroup as SdkLogGroup,
  LogStream as SdkLogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { useCall, type Wire } from './use-call.ts';

export type LogGroup = Wire<SdkLogGroup>;
export type LogStream = Wire<SdkLogStream>;

/** Days that a group may keep its events, as the API has them. */
export const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** A page of the groups whose names contain `part`. */
export function useLogGroups(part: string, nextToken: string | undefined) {
  const input = {
    ...(part !== '' && { logGroupNamePattern: part }),
    ...(nextToken !== undefined && { nextToken }),
    limit: 50,
  };
  return useCall<Wire<DescribeLogGroupsCommandOutput>>({ service: 'logs', operation: 'DescribeLogGroups', input });
}

/** A page of the streams of a group: those that were written to last, or by name where a prefix is given. */
export function useLogStreams(logGroupName: string, prefix: string, nextToken: string | undefined) {
  const order = prefix === '' ? { orderBy: 'LastEventTime', descending: true } : { logStreamNamePrefix: prefix };
  const input = { logGroupName, ...order, limit: 50, ...(nextToken !== undefined && { nextToken }) };
  return useCall<Wire<DescribeLogStreamsCommandOutput>>({ service: 'logs', operation: 'DescribeLogStreams', input });
}
