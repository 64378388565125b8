import type { GetLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import type { LogStream } from './log-streams.ts';

/** A page of a long stream may be short: so many are read at most. */
const mostPages = 10;

/** The last lines of a stream, `count` at most; none of one that is not there. */
export async function lastLines(
  client: Client,
  { group, stream }: LogStream,
  count: number,
): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages && lines.length < count; page += 1) {
    const limit = count - lines.length;
    const found = await readBack(client, { logGroupName: group, logStreamName: stream, limit, nextToken });
    lines = [...(found?.events ?? []).map(({ message = '' }) => message), ...lines];
    if (!found?.nextBackwardToken || found.nextBackwardToken === nextToken) break;
    nextToken = found.nextBackwardToken;
  }
  return lines;
}

async function readBack(client: Client, request: GetLogEventsRequest) {
  try {
    return await client.logs('GetLogEvents', request);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
