import type { TestEventPatternCommandInput, TestEventPatternCommandOutput } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { anyResource } from '../access.ts';
import { matchesEvent, parseEvent, parseEventPattern } from '../event-pattern.ts';
import { eventsOperation } from '../operation.ts';

/** So many characters may an event have. AWS says no number here; an entry of PutEvents may have so many bytes, or four times as many. */
const longestEvent = 262_144;

const schema = z.object({ EventPattern: z.string().max(4096), Event: z.string().max(longestEvent) });

/** Whether a pattern matches an event: nothing is stored, and no event goes through the bus. */
export const testEventPattern = eventsOperation<TestEventPatternCommandInput, TestEventPatternCommandOutput>()<
  z.infer<typeof schema>
>({
  schema,
  readOnly: true,
  audit: 'management',
  access: anyResource('TestEventPattern'),
  handler: async (_runtime, { EventPattern, Event }) => {
    const pattern = parseEventPattern(EventPattern);
    return { Result: await matchesEvent(pattern, parseEvent(Event, pattern)) };
  },
});
