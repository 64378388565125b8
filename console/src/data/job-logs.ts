import type { GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { useCall, type Wire } from './use-call.ts';

/** The last lines of a stream. */
export function useLogTail(logGroupName: string, logStreamName: string | undefined) {
  const input = { logGroupName, logStreamName, startFromHead: false, limit: 1000 };
  const call = { service: 'logs', operation: 'GetLogEvents', input } as const;
  return useCall<Wire<GetLogEventsCommandOutput>>(call, { enabled: logStreamName !== undefined, untold: true });
}
