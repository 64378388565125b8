import type { FilterLogEventsCommandInput, FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { groupAccess } from '../access.ts';
import { demand, listOf, numberFrom, textOf } from '../constraints.ts';
import { EventSearch } from '../event-search.ts';
import { formatFilterToken, parseFilterToken } from '../filter-token.ts';
import { expiresBefore, findGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { resolveGroup, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { compilePattern } from '../patterns/index.ts';
import { invalidParameter, unsupported } from '../refusals.ts';

const schema = z.object({
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
  logStreamNames: z.array(z.string()).optional(),
  logStreamNamePrefix: z.string().optional(),
  startTime: z.number().int().optional(),
  endTime: z.number().int().optional(),
  filterPattern: z.string().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().optional(),
  startFromHead: z.boolean().optional(),
  /** Ignored: always true, as on AWS. */
  interleaved: z.boolean().optional(),
  unmask: z.boolean().optional(),
});
type Input = z.infer<typeof schema>;

/**
 * Events of a group that match a pattern, merged by time over up to 64 streams at once (all that are named, up to 100),
 * then the next ones by name. The work of a page is bounded: one may be short, or empty, and still have a token.
 */
export const filterLogEvents = logsOperation<FilterLogEventsCommandInput, FilterLogEventsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'data',
  access: groupAccess('FilterLogEvents'),
  handler: async (runtime, input, context) => {
    const groupName = resolveGroup(context, input);
    check(input);
    const pattern = compilePattern(input.filterPattern ?? '');
    const group = findGroup(runtime, context, groupName);
    const query = [context.account, context.region, groupName, selectionOf(input)];
    const search = new EventSearch(runtime, {
      group,
      streams: { names: input.logStreamNames, prefix: input.logStreamNamePrefix },
      from: Math.max(input.startTime ?? Number.NEGATIVE_INFINITY, expiresBefore(group, context.now)),
      // Unlike GetLogEvents, this one includes its end.
      to: input.endTime === undefined ? Number.POSITIVE_INFINITY : input.endTime + 1,
      pattern,
      limit: input.limit ?? quotas.pageEvents,
      signal: context.signal,
    });
    const begin = input.nextToken === undefined ? undefined : parseFilterToken(query, input.nextToken);
    const { events, next } = await search.page(begin);
    return { events, searchedLogStreams: [], ...(next && { nextToken: formatFilterToken(query, next) }) };
  },
});

/** What a token holds for: with another selection its places would mean something else. */
function selectionOf(input: Input): readonly unknown[] {
  const { logStreamNames, logStreamNamePrefix, startTime, endTime, filterPattern } = input;
  return [logStreamNames, logStreamNamePrefix, startTime, endTime, filterPattern].map((member) => member ?? null);
}

function check(input: Input): void {
  demand(
    listOf(1, quotas.filterStreamNames, streamNameRule)('logStreamNames', input.logStreamNames),
    streamNameRule('logStreamNamePrefix', input.logStreamNamePrefix),
    numberFrom(0)('startTime', input.startTime),
    numberFrom(0)('endTime', input.endTime),
    textOf(0, 1024)('filterPattern', input.filterPattern),
    numberFrom(1, quotas.pageEvents)('limit', input.limit),
  );
  if (input.logStreamNames && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter('LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.');
  }
  if (input.startFromHead === false) throw unsupported('startFromHead false in FilterLogEvents');
}
