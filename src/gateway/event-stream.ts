import { Buffer } from 'node:buffer';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { writeJson } from '../core/wire-json.ts';

export const eventStreamType = 'application/vnd.amazon.eventstream';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(typeof bytes === 'string' ? bytes : bytes).toString(),
  (text) => Buffer.from(text),
);

/** Frames each event of an answer; before them goes the rest of the answer, for which some SDKs wait. */
export async function* encodeEvents(
  rest: Readonly<Record<string, unknown>>,
  events: AsyncIterable<object>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield message('event', 'initial-response', rest);
  for await (const event of events) {
    for (const [name, value] of Object.entries(event))
      yield message(name.endsWith('Exception') ? 'exception' : 'event', name, value);
  }
}

function message(kind: 'event' | 'exception', name: string, value: unknown): Uint8Array {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return codec.encode({
    headers: {
      ':message-type': text(kind),
      [`:${kind}-type`]: text(name),
      ':content-type': text('application/json'),
    },
    body: Buffer.from(writeJson(value)),
  });
}
