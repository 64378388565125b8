import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { ManualClock } from '../core/clock.ts';
import { sign, startGateway } from './gateway.fixture.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** The messages of a whole answer: the name of each, and what it tells. */
function messagesIn(bytes: Buffer): readonly (readonly [kind: unknown, name: unknown, body: unknown])[] {
  const messages = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const { headers, body } = codec.decode(bytes.subarray(at, at + bytes.readUInt32BE(at)));
    const kind = headers[':message-type']?.value;
    messages.push([kind, headers[`:${kind}-type`]?.value, JSON.parse(Buffer.from(body).toString())] as const);
  }
  return messages;
}

type Running = Awaited<ReturnType<typeof startGateway>>;

/** Calls Tail, and answers once its head has come. */
async function tail({ address, clock }: Running): Promise<IncomingMessage> {
  const headers = sign({ target: '/v1/tail' }, address.port, clock.now());
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpRequest({ host: '127.0.0.1', port: address.port, path: '/v1/tail', method: 'POST', headers });
  request.on('response', resolve).on('error', reject).end();
  return promise;
}

async function wholeOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('events are sent as they come, behind the rest of the answer, without a length', async () => {
  const running = await startGateway();
  const { promise: second, resolve: goOn } = Promise.withResolvers<void>();
  running.hooks.tail = async function* () {
    yield { first: { at: new Date(1_500) } };
    await second;
    yield { ToyTimeoutException: { message: 'over' } };
  };
  const response = await tail(running);
  assert.equal(response.headers['content-type'], 'application/vnd.amazon.eventstream');
  assert.equal(response.headers['content-length'], undefined);
  goOn();
  assert.deepEqual(messagesIn(await wholeOf(response)), [
    ['event', 'initial-response', { kind: 'toy' }],
    ['event', 'first', { at: 1.5 }],
    ['exception', 'ToyTimeoutException', { message: 'over' }],
  ]);
  await running.gateway.close();
});

test('close ends a stream at once, and whoever tells it is told', async () => {
  const clock = new ManualClock();
  const running = await startGateway({ clock });
  let isOver = false;
  running.hooks.tail = async function* ({ signal }) {
    try {
      yield { begun: {} };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    } finally {
      isOver = true;
    }
  };
  const response = await tail(running);
  const whole = wholeOf(response);
  // The manual clock stands still: nothing waits for the time that requests have to finish.
  await running.gateway.close();
  assert.equal(messagesIn(await whole).length, 2);
  assert.ok(isOver);
  assert.equal(clock.pending, 0);
});

test('a client that reads nothing is asked for no more, and loses its connection in the end', async () => {
  const clock = new ManualClock();
  const running = await startGateway({ clock, limits: { answerTime: 30_000 } });
  const { promise: over, resolve: end } = Promise.withResolvers<number>();
  const text = 'x'.repeat(1024 * 1024);
  let told = 0;
  running.hooks.tail = async function* () {
    try {
      for (;;) {
        told += 1;
        yield { piece: { text } };
      }
    } finally {
      end(told);
    }
  };
  const response = await tail(running);
  response.on('error', () => {});
  // Until the buffers between are full, and the gateway waits for its client.
  while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(30_000);
  assert.ok((await over) < 1_000, 'it went on telling');
  await running.gateway.close();
});

test('what breaks off in the midst is in the log, and its connection is cut', async () => {
  const running = await startGateway();
  running.hooks.tail = async function* () {
    yield { begun: {} };
    throw new TypeError('no more');
  };
  await assert.rejects(tail(running).then(wholeOf), /aborted|hang up|ECONNRESET/);
  assert.ok(running.logged.some(({ message }) => message === 'an answer broke off'));
  await running.gateway.close();
});
