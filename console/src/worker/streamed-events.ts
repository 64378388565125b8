import { EventStreamReader, type StreamedEvent } from '../api/event-stream.ts';

/** What cuts a kind of answer into its events. */
interface EventReader {
  read(piece: Uint8Array): readonly StreamedEvent[];
}

/** Kinds of answers that go on. */
const readers: Readonly<Record<string, () => EventReader>> = {
  'application/vnd.amazon.eventstream': () => new EventStreamReader(),
};

/** The events of an answer as they come. Throws for an answer of a kind that has none. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamedEvent, void, undefined> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const reader = readers[type]?.();
  if (!reader || !response.body) throw new Error(`an answer of type '${type}' has no events`);
  const pieces = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) return;
      yield* reader.read(value);
    }
  } finally {
    // Whoever hears no more closes the connection, of which browsers have few.
    await pieces.cancel();
  }
}
