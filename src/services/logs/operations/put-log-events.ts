import type { PutLogEventsCommandInput, PutLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { deliveryAccess } from '../access.ts';
import { appendEvents } from '../append-events.ts';
import { demand, listOf, numberFrom, textOf } from '../constraints.ts';
import { digitsOf } from '../digits.ts';
import { findGroup } from '../groups.ts';
import { quotas } from '../limits.ts';
import { groupNameRule, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { sortBatch } from '../put-batch.ts';
import { findStream } from '../streams.ts';

const schema = z.object({
  logGroupName: z.string(),
  logStreamName: z.string(),
  logEvents: z.array(z.object({ timestamp: z.number().int(), message: z.string() })),
  /** Ignored, as AWS does since 2023. */
  sequenceToken: z.string().optional(),
});

const notEmpty = textOf(1, Number.POSITIVE_INFINITY);
const timestampRule = numberFrom(0);

/** Ignores `sequenceToken` and `entity`. The events are on the medium, and readable, before the answer. */
export const putLogEvents = logsOperation<PutLogEventsCommandInput, PutLogEventsCommandOutput>()({
  schema,
  readOnly: false,
  audit: { kind: 'data', hide: ['logEvents'], ahead: true },
  // A batch may be 1 MiB of messages: as much again for their escapes, twice that for 10,000 short ones.
  maxBody: 4 * 1024 * 1024,
  access: deliveryAccess('PutLogEvents'),
  handler: async (runtime, input, context) => {
    check(input);
    const { logGroupName, logStreamName, logEvents } = input;
    const group = findGroup(runtime, context, logGroupName);
    const batch = sortBatch(logEvents, context.now, group.retentionInDays);
    const stream = await findStream(runtime, context, logGroupName, logStreamName);
    if (batch.accepted.length > 0) await appendEvents(runtime, stream, batch.accepted, context.now);
    return {
      nextSequenceToken: digitsOf(`${stream.directory} ${context.requestId}`, 56),
      ...(batch.rejected && { rejectedLogEventsInfo: batch.rejected }),
    };
  },
});

function check(input: z.infer<typeof schema>): void {
  demand(
    groupNameRule('logGroupName', input.logGroupName),
    streamNameRule('logStreamName', input.logStreamName),
    listOf(1, quotas.batchEvents)('logEvents', input.logEvents),
  );
  for (const [index, { message, timestamp }] of input.logEvents.entries()) {
    const place = `logEvents.${index + 1}.member`;
    demand(notEmpty(`${place}.message`, message), timestampRule(`${place}.timestamp`, timestamp));
  }
}
