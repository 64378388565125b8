import type { FilterLogEventsCommandOutput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { useMutation } from '@tanstack/react-query';
import type { CallError } from '../api/call-error.ts';
import { useWorker } from '../session/session-context.tsx';
import { useCall, type Wire } from './use-call.ts';

/** The last lines of a stream. */
export function useLogTail(logGroupName: string, logStreamName: string | undefined, { enabled = true } = {}) {
  const input = { logGroupName, logStreamName, startFromHead: false, limit: 1000 };
  const call = { service: 'logs', operation: 'GetLogEvents', input } as const;
  return useCall<Wire<GetLogEventsCommandOutput>>(call, {
    enabled: enabled && logStreamName !== undefined,
    untold: true,
  });
}

/** Lines of a stream that have all these words in them; the server looks for them. */
export function useLogSearch(logGroupName: string, logStreamName: string | undefined, words: string) {
  const filterPattern = `"${words.replaceAll('"', ' ')}"`;
  const input = { logGroupName, logStreamNames: [logStreamName], filterPattern, limit: 1000 };
  const call = { service: 'logs', operation: 'FilterLogEvents', input } as const;
  const enabled = logStreamName !== undefined && words !== '';
  return useCall<Wire<FilterLogEventsCommandOutput>>(call, { enabled });
}

interface StreamPlace {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Of a page 10,000 lines or 1 MiB: what is longer is not for a browser. */
const mostPages = 100;

/** Reads a stream from its beginning, as text. What is longer than a browser should hold ends with a line that says so. */
export function useWholeLog() {
  const worker = useWorker();
  return useMutation<string, CallError, StreamPlace>({
    mutationFn: async (place) => {
      const parts: string[] = [];
      let nextToken: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const input = { ...place, startFromHead: true, limit: 10_000, ...(nextToken && { nextToken }) };
        const call = { service: 'logs', operation: 'GetLogEvents', input } as const;
        const { events = [], nextForwardToken } = (await worker.call(call)) as Wire<GetLogEventsCommandOutput>;
        for (const { message } of events) parts.push(`${message}\n`);
        // The same token again: there is no more.
        if (nextForwardToken === nextToken) return parts.join('');
        nextToken = nextForwardToken;
      }
      return `${parts.join('')}[there is more: aws logs get-log-events reads all]\n`;
    },
  });
}
