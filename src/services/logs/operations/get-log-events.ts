import { Buffer } from 'node:buffer';
import type {
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
  OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import type { SegmentReader, SegmentRecord } from '../../../segments/index.ts';
import { groupAccess } from '../access.ts';
import { demand, numberFrom } from '../constraints.ts';
import { EventWalk } from '../event-walk.ts';
import { formatGetToken, type GetToken, parseGetToken } from '../get-token.ts';
import { expiresBefore, findGroup } from '../groups.ts';
import { quotas, work } from '../limits.ts';
import { resolveGroup, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import type { LogsRuntime } from '../runtime.ts';
import { endOf, filesOf, type StreamFiles, StreamLanes, streamStart } from '../stream-lanes.ts';
import { findStream } from '../streams.ts';

const schema = z.object({
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
  logStreamName: z.string(),
  startTime: z.number().int().optional(),
  endTime: z.number().int().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().optional(),
  startFromHead: z.boolean().optional(),
  unmask: z.boolean().optional(),
});
type Input = z.infer<typeof schema>;

/**
 * A page of one stream. Pages follow the order of writing; within a page events are sorted by time. At either end the
 * token given is the token returned. A page may be short, or empty, where much had to be read to find little: only the
 * same token means the end.
 */
export const getLogEvents = logsOperation<GetLogEventsCommandInput, GetLogEventsCommandOutput>()({
  schema,
  readOnly: true,
  audit: 'data',
  access: groupAccess('GetLogEvents'),
  handler: async (runtime, input, context) => {
    const groupName = resolveGroup(context, input);
    check(input);
    const group = findGroup(runtime, context, groupName);
    const stream = await findStream(runtime, context, groupName, input.logStreamName);
    const files = await filesOf(runtime, stream);
    const begin = await beginOf(runtime, input, stream.directory, files);
    const lanes = new StreamLanes(runtime, files, {
      ...begin,
      from: Math.max(input.startTime ?? Number.NEGATIVE_INFINITY, expiresBefore(group, context.now)),
      to: input.endTime ?? Number.POSITIVE_INFINITY,
    });
    const records = await readPage(lanes, begin, input, context);
    const [forward, backward] =
      begin.direction === 'forward' ? [lanes.position, begin.position] : [begin.position, lanes.position];
    return {
      events: records.map(toEvent),
      nextForwardToken: formatGetToken(stream.directory, { direction: 'forward', position: forward }),
      nextBackwardToken: formatGetToken(stream.directory, { direction: 'backward', position: backward }),
    };
  },
});

function check(input: Input): void {
  demand(
    streamNameRule('logStreamName', input.logStreamName),
    numberFrom(0)('startTime', input.startTime),
    numberFrom(0)('endTime', input.endTime),
    numberFrom(1, quotas.pageEvents)('limit', input.limit),
  );
}

/** A token says where to begin and which way to go; without one `startFromHead` does, which is false by default. */
async function beginOf(runtime: LogsRuntime, input: Input, directory: string, files: StreamFiles): Promise<GetToken> {
  if (input.nextToken !== undefined) return parseGetToken(directory, input.nextToken);
  if (input.startFromHead) return { direction: 'forward', position: streamStart };
  return { direction: 'backward', position: await endOf(runtime, files) };
}

async function readPage(
  lanes: StreamLanes,
  { direction }: GetToken,
  input: Input,
  { signal }: RequestContext,
): Promise<SegmentRecord[]> {
  const walk = new EventWalk<SegmentReader>({
    direction,
    limit: input.limit ?? quotas.pageEvents,
    maximumBytes: quotas.pageBytes,
    readBytes: work.pageReadBytes,
    signal,
  });
  const records: SegmentRecord[] = [];
  await walk.over(lanes.lanes, (record) => {
    records.push(record);
    return true;
  });
  if (direction === 'backward') records.reverse();
  return records.sort((a, b) => a.timestamp - b.timestamp);
}

function toEvent({ timestamp, ingestedAt, payload }: SegmentRecord): OutputLogEvent {
  return { timestamp, message: textOf(payload), ingestionTime: ingestedAt };
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
}
