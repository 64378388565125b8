import { Buffer } from 'node:buffer';
import type {
  GetLogGroupFieldsCommandInput,
  GetLogGroupFieldsCommandOutput,
  GetLogRecordCommandInput,
  GetLogRecordCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { firstPosition, type SegmentRecord } from '../../../segments/index.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import { groupAccess } from '../access.ts';
import { demand, numberFrom } from '../constraints.ts';
import { EventSearch } from '../event-search.ts';
import { expiresBefore, findGroup } from '../groups.ts';
import { fieldsIn } from '../log-fields.ts';
import { resolveGroup, streamArn } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { compilePattern } from '../patterns/index.ts';
import { parsePointer, type RecordPlace } from '../queries/record-pointer.ts';
import { invalidParameter } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';
import { filesOf, StreamLanes } from '../stream-lanes.ts';
import { readStream } from '../streams.ts';

const minute = 60_000;
/** Events that are looked at to say which fields a group has. */
const sampled = 1_000;
const everyEvent = ['@timestamp', '@message', '@logStream', '@log', '@ingestionTime'];

/** The fields of the first events of a quarter of an hour, and of how many in a hundred of these events they are. */
export const getLogGroupFields = logsOperation<GetLogGroupFieldsCommandInput, GetLogGroupFieldsCommandOutput>()({
  schema: z.object({
    logGroupName: z.string().optional(),
    logGroupIdentifier: z.string().optional(),
    time: z.number().int().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: groupAccess('GetLogGroupFields'),
  handler: async (runtime, input, context) => {
    const { time } = input;
    demand(numberFrom(0)('time', time));
    const group = findGroup(runtime, context, resolveGroup(context, input));
    const [from, to] =
      time === undefined
        ? [context.now - 15 * minute, context.now + 1]
        : [time * 1_000 - 8 * minute, time * 1_000 + 8 * minute];
    const search = new EventSearch(runtime, {
      group,
      streams: {},
      from: Math.max(from, expiresBefore(group, context.now)),
      to,
      pattern: compilePattern(''),
      limit: sampled,
      signal: context.signal,
    });
    const { events } = await search.page();
    return { logGroupFields: countFields(events.map(({ message = '' }) => message)) };
  },
});

function countFields(messages: readonly string[]) {
  if (messages.length === 0) return [];
  const counts = new Map(everyEvent.map((name) => [name, messages.length]));
  for (const message of messages) {
    for (const name of fieldsIn(message).keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const fields = [...counts].map(([name, count]) => ({ name, percent: Math.round((100 * count) / messages.length) }));
  return fields.sort((a, b) => b.percent - a.percent).slice(0, 1_000);
}

/** One event whole, with the fields of its JSON, by the `@ptr` that a query has given. */
export const getLogRecord = logsOperation<GetLogRecordCommandInput, GetLogRecordCommandOutput>()({
  schema: z.object({ logRecordPointer: z.string(), unmask: z.boolean().optional() }),
  readOnly: true,
  audit: 'data',
  access: ({ logRecordPointer }, context) => {
    const group = parsePointer(textOf(logRecordPointer) ?? '')?.group ?? '*';
    return [{ action: 'logs:GetLogRecord', resource: streamArn(context, group, '') }];
  },
  handler: async (runtime, { logRecordPointer }, context) => {
    const place = parsePointer(logRecordPointer);
    if (!place) throw invalidParameter('The specified logRecordPointer is invalid.');
    const stream = await readStream(runtime, context, place.group, place.stream);
    const record = stream?.directory === place.place ? await recordAt(runtime, context, stream, place) : undefined;
    if (!stream || !record) throw recordMissing();
    return { logRecord: membersOf(stream, record, logRecordPointer) };
  },
});

function recordMissing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The specified log record does not exist.');
}

async function recordAt(
  runtime: LogsRuntime,
  context: RequestContext,
  stream: LogStreamRecord,
  { group, isTask, segment, offset }: RecordPlace,
): Promise<SegmentRecord | undefined> {
  const from = expiresBefore(findGroup(runtime, context, group), context.now);
  const here = { segment, offset };
  const position = isTask ? { task: here, server: firstPosition } : { task: firstPosition, server: here };
  const walk = { direction: 'forward', position, from, to: Number.POSITIVE_INFINITY } as const;
  const lanes = new StreamLanes(runtime, await filesOf(runtime, stream), walk);
  const lane = lanes.lanes.find((each) => lanes.isTask(each) === isTask);
  while (lane && (await lane.fill()) === 'nothing-yet') context.signal.throwIfAborted();
  const record = lane?.peek();
  return record?.segment === segment && record.offset === offset ? record : undefined;
}

function membersOf(stream: LogStreamRecord, record: SegmentRecord, pointer: string): Record<string, string> {
  const { payload, timestamp, ingestedAt } = record;
  const message = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
  return Object.fromEntries([
    ...fieldsIn(message),
    ['@timestamp', String(timestamp)],
    ['@ingestionTime', String(ingestedAt)],
    ['@message', message],
    ['@logStream', stream.name],
    ['@log', `${stream.account}:${stream.groupName}`],
    ['@ptr', pointer],
  ]);
}
