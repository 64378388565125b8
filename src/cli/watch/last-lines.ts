import type { Client } from '../client/client.ts';
import { unlessGone } from '../client/unless-gone.ts';
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
    const request = { logGroupName: group, logStreamName: stream, limit, nextToken };
    const found = await unlessGone(client.logs('GetLogEvents', request));
    lines = [...(found?.events ?? []).map(({ message = '' }) => message), ...lines];
    if (!found?.nextBackwardToken || found.nextBackwardToken === nextToken) break;
    nextToken = found.nextBackwardToken;
  }
  return lines;
}
