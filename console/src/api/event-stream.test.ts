import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeEvents } from '../../../src/gateway/event-stream.ts';
import { EventStreamReader, type StreamedEvent } from './event-stream.ts';

async function encoded(events: readonly object[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const given = async function* () {
    yield* events;
  };
  for await (const piece of encodeEvents({}, given())) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('what the server frames is read as it was, however its bytes are cut', async () => {
  const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ unit: 'grapheme', maxLength: 20 }), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), async (values, size) => {
      const bytes = await encoded(values.map((each) => ({ sessionUpdate: each })));
      const reader = new EventStreamReader();
      const read: StreamedEvent[] = [];
      for (let at = 0; at < bytes.length; at += size) read.push(...reader.read(bytes.subarray(at, at + size)));
      assert.deepEqual(read, [
        { type: 'initial-response', value: {}, isException: false },
        ...values.map((each) => ({ type: 'sessionUpdate', value: each, isException: false })),
      ]);
    }),
    { numRuns: 100 },
  );
});

test('an exception in a stream is told from its events', async () => {
  const bytes = await encoded([{ SessionTimeoutException: { message: 'over' } }]);
  const [, last] = new EventStreamReader().read(bytes);
  assert.deepEqual(last, { type: 'SessionTimeoutException', value: { message: 'over' }, isException: true });
});

test('a byte that changed on the way is noticed, wherever it stood', async () => {
  const bytes = await encoded([{ sessionUpdate: { a: 'b' } }]);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
    assert.throws(() => new EventStreamReader().read(damaged), /damaged/, `byte ${at}`);
  }
});
