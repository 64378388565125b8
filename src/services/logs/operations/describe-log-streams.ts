import type {
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import type { LogStreamQuery, LogStreamRecord } from '../../../store/index.ts';
import { groupAccess } from '../access.ts';
import { demand, numberFrom } from '../constraints.ts';
import { findGroup, isDoomed } from '../groups.ts';
import { quotas } from '../limits.ts';
import { measureLive } from '../live-times.ts';
import { resolveGroup, streamArn, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { formatPageToken, parsePageToken } from '../page-token.ts';
import { invalidParameter, invalidToken } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';

const schema = z.object({
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
  logStreamNamePrefix: z.string().optional(),
  orderBy: z.enum(['LogStreamName', 'LastEventTime']).optional(),
  descending: z.boolean().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().optional(),
});
type Input = z.infer<typeof schema>;

const tokenKind = 'streams';

export const describeLogStreams = logsOperation<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'management',
  access: groupAccess('DescribeLogStreams'),
  handler: async (runtime, input, context) => {
    const groupName = resolveGroup(context, input);
    check(input);
    findGroup(runtime, context, groupName);
    const { limit = quotas.describePage } = input;
    // One more than asked tells whether there is another page.
    const rows = await runtime.store.reads.logStreams({
      ...queryOf(input),
      scope: scopeOf(context),
      groupName,
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const shown = page.filter((stream) => !isDoomed(runtime, stream));
    return {
      logStreams: await Promise.all(shown.map((stream) => describe(runtime, stream))),
      ...(last && { nextToken: formatToken(input, last) }),
    };
  },
});

function check(input: Input): void {
  demand(
    numberFrom(1, quotas.describePage)('limit', input.limit),
    streamNameRule('logStreamNamePrefix', input.logStreamNamePrefix),
  );
  if (input.orderBy === 'LastEventTime' && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
}

function queryOf(input: Input): Pick<LogStreamQuery, 'order' | 'descending' | 'namePrefix' | 'after'> {
  const after = input.nextToken === undefined ? undefined : parseToken(input, input.nextToken);
  return {
    order: input.orderBy === 'LastEventTime' ? 'lastEventAt' : 'name',
    descending: input.descending ?? false,
    ...(input.logStreamNamePrefix !== undefined && { namePrefix: input.logStreamNamePrefix }),
    ...(after && { after }),
  };
}

/** A place in one order means nothing in another. */
function orderOf(input: Input): string {
  return `${input.orderBy ?? 'LogStreamName'} ${input.descending ?? false}`;
}

function formatToken(input: Input, last: LogStreamRecord): string {
  const { name, lastEventAt } = last;
  return formatPageToken(tokenKind, { order: orderOf(input), name, ...(lastEventAt !== undefined && { lastEventAt }) });
}

function parseToken(input: Input, token: string): { readonly name: string; readonly lastEventAt?: number } {
  const { order, name, lastEventAt } = parsePageToken(tokenKind, token);
  if (order !== orderOf(input) || typeof name !== 'string') throw invalidToken();
  if (lastEventAt === undefined) return { name };
  if (typeof lastEventAt !== 'number') throw invalidToken();
  return { name, lastEventAt };
}

async function describe(runtime: LogsRuntime, stream: LogStreamRecord): Promise<LogStream> {
  const { firstEventAt, lastEventAt, lastIngestionAt, storedBytes } = stream.live
    ? await measureLive(runtime, stream)
    : stream;
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(firstEventAt !== undefined && { firstEventTimestamp: firstEventAt }),
    ...(lastEventAt !== undefined && { lastEventTimestamp: lastEventAt }),
    ...(lastIngestionAt !== undefined && { lastIngestionTime: lastIngestionAt }),
    arn: streamArn(stream, stream.groupName, stream.name),
    storedBytes,
  };
}
