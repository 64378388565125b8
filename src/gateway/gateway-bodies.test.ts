import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { after, type TestContext, test } from 'node:test';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { defineOperation, type ServiceDefinition } from '../core/operation.ts';
import { type BodyReading, readBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import { type CallRequest, rawHead, rootKey, sendRaw, sign, startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

const mebibyte = 1024 * 1024;
const metrics = new Registry();
const running = await startGateway({ metrics, limits: { bodyBytes: 4 * mebibyte, arrivingBytes: mebibyte } });
after(() => running.gateway.close());

async function held(): Promise<number> {
  const metric = await metrics.getSingleMetric('batchyard_request_body_bytes')?.get();
  return metric?.values[0]?.value ?? Number.NaN;
}

/** A client that stays connected, and what it has been answered. */
function client(test: TestContext, port: number): { socket: Socket; answered: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  test.after(() => socket.destroy());
  socket.on('error', () => {}); // The server may close first.
  return { socket, answered: once(socket, 'data').then(([bytes]) => String(bytes)) };
}

const unsigned = (length: number) => `POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${length}\r\n\r\n`;

test('500 unfinished bodies of 4 MiB without a key are refused by their headers, and nothing of them is kept', async (t) => {
  const part = Buffer.alloc(64 * 1024, 'x');
  const clients = Array.from({ length: 500 }, () => client(t, running.address.port));
  for (const { socket } of clients) socket.write(unsigned(4 * mebibyte));
  for (const { socket } of clients) socket.write(part);
  for (const { answered } of clients) assert.match(await answered, /^HTTP\/1.1 403 .*MissingAuthenticationToken/s);
  assert.equal(await held(), 0);
});

test('unfinished bodies whose headers claim a known key never take more than the budget, in however small pieces', async (t) => {
  const small = await startGateway({ metrics: new Registry(), limits: { arrivingBytes: 8 * 1024 } });
  const head = rawHead(small, { target: '/v1/echo' }, { 'transfer-encoding': 'chunked' });
  const pieces = '1\r\nx\r\n'.repeat(400);
  const clients = Array.from({ length: 40 }, () => client(t, small.address.port));
  t.after(() => small.gateway.close());
  for (const { socket } of clients) socket.write(head + pieces);
  // 40 bodies of 400 bytes do not fit: those that began first have made room.
  const [first] = clients;
  assert.match((await first?.answered) ?? '', /^HTTP\/1.1 503 .*x-amzn-errortype: SlowDown/s);
  const whole = await small.call({ target: '/v1/echo', body: '{"name":"abc"}' });
  assert.equal(whole.status, 200, 'a body that arrives whole is served meanwhile');
});

test('unfinished forms without a key have a small budget of their own, and crowd out each other', async (t) => {
  const form = 'content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked';
  const head = unsigned(1).replace('content-length: 1', form).replace('/v1/echo', '/');
  const clients = Array.from({ length: 40 }, () => client(t, running.address.port));
  // 160 KiB together: of the budget of those who have a key it would be a part.
  for (const { socket } of clients) socket.write(`${head}1000\r\n${'x'.repeat(4096)}\r\n`);
  assert.match(await Promise.race(clients.map(({ answered }) => answered)), /^HTTP\/1.1 503 .*SlowDown/s);
  assert.ok((await held()) <= 64 * 1024);
});

test('4,096 unfinished bodies of a known key hold no more than the budget together, whatever each has sent', async (t) => {
  const budget = new BodyBudget(64 * 1024);
  const requests = Array.from({ length: 4_096 }, () => Object.assign(new PassThrough(), { headers: {} }));
  const readings = requests.map((request) => {
    const { promise, resolve } = Promise.withResolvers<BodyReading>();
    readBody(request as unknown as IncomingMessage, { limit: 4_096, budget }, resolve);
    return promise;
  });
  let most = 0;
  let kept = 0;
  // Each byte is written to all before the next: what is held is counted after every one.
  for (const size of [1, 100, 20, 1]) {
    for (const request of requests) {
      request.emit('data', Buffer.alloc(size));
      most = Math.max(most, budget.total);
    }
  }
  t.after(() => {
    for (const request of requests) request.destroy();
  });
  assert.ok(most > 60 * 1024 && most <= 64 * 1024, `${most} bytes were held`);
  for (const request of requests) request.emit('end');
  for (const reading of await Promise.all(readings)) if (reading.kind === 'body') kept += reading.body.length;
  assert.ok(kept > 0 && kept <= 64 * 1024, `${kept} bytes`);
  assert.equal(budget.total, 0);
});

/** `count` pieces of a body, of one byte each. */
const pieces = (count: number) => '1\r\nx\r\n'.repeat(count);

/** Sends pieces for as long as the connection lives. */
async function trickle(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    await new Promise((resolve) => socket.write(pieces(100), resolve));
    await new Promise(setImmediate);
  }
}

test('a body in pieces of one byte is refused, and the connection ends; one in pieces that are packets is read', async (t) => {
  const { socket, answered } = client(t, running.address.port);
  socket.write(rawHead(running, { target: '/v1/echo' }, { 'transfer-encoding': 'chunked' }));
  const sending = trickle(socket);
  assert.match(await answered, /^HTTP\/1.1 400 .*comes in too many small pieces/s);
  await sending;
  const call: CallRequest = { target: '/v1/echo', body: `{"nested":"${'x'.repeat(200_000)}"}` };
  const chunks = (call.body as string).match(/.{1,100}/gs) ?? [];
  const body = [...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`), '0\r\n\r\n'].join('');
  const head = rawHead(running, call, { 'transfer-encoding': 'chunked', connection: 'close' });
  assert.deepEqual(statuses(await sendRaw(running.address.port, head + body)), ['200']);
});

test('the body of a refused request may come whole, but not in pieces of one byte', async (t) => {
  const head = unsigned(1).replace('content-length: 1', 'transfer-encoding: chunked');
  const { socket, answered } = client(t, running.address.port);
  socket.write(head);
  assert.deepEqual(statuses(await answered), ['403']);
  const again = once(socket, 'data');
  socket.write(
    `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n`,
  );
  assert.deepEqual(statuses(String((await again)[0])), ['200']);
  socket.write(head);
  await trickle(socket);
});

test('a body of up to 1 MiB reaches any operation, and a larger one only an operation that declares it', async (t) => {
  const large = await startGateway({ registry: new OperationRegistry([measuring]) });
  t.after(() => large.gateway.close());
  const send = (operation: string, length: number) =>
    large.call({
      ...{ target: '/', service: 'logs', headers: { 'x-amz-target': `T.${operation}` } },
      body: `{"text":"${'x'.repeat(length - 11)}"}`,
    });
  assert.equal((await send('Ordinary', mebibyte)).body, `{"length":${mebibyte - 11}}`);
  assert.equal((await send('Ordinary', mebibyte + 1)).status, 413);
  assert.equal((await send('Large', mebibyte + 1)).body, `{"length":${mebibyte - 10}}`);
  assert.equal((await send('Large', 2 * mebibyte + 1)).status, 413);
});

const parts = {
  schema: z.object({ text: z.string() }),
  readOnly: true,
  access: () => [],
  audit: 'none' as const,
  handler: ({ text }: { text: string }) => ({ length: text.length }),
};
const measuring: ServiceDefinition = {
  name: 'logs',
  apiVersion: '2014-03-28',
  protocol: { kind: 'awsJson1.1', targetPrefix: 'T' },
  errors: { validation: 'InvalidParameterException', internal: 'ServiceUnavailableException' },
  operations: {
    Ordinary: defineOperation<object, object>()(parts),
    Large: defineOperation<object, object>()({ ...parts, maxBody: 2 * mebibyte }),
  },
};

/** The status lines of what came back. */
function statuses(raw: string): string[] {
  return [...raw.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status = '']) => status);
}

const expecting = (length: number) => ({ expect: '100-continue', 'content-length': String(length) });

test('whoever waits for 100 Continue is told to go on only when his headers are good, and refused at once otherwise', async (t) => {
  const { socket, answered } = client(t, running.address.port);
  const call: CallRequest = { target: '/v1/echo', body: '{"name":"abc"}' };
  socket.write(rawHead(running, call, expecting(14)));
  assert.deepEqual(statuses(await answered), ['100']);
  const rest = once(socket, 'data');
  socket.write('{"name":"abc"}');
  assert.deepEqual(statuses(String(await rest)), ['200']);
  // The connection ends: nobody could tell whether what comes next is the body.
  const { port } = running.address;
  const tooLarge = await sendRaw(port, rawHead(running, call, expecting(2 * mebibyte)));
  assert.deepEqual(statuses(tooLarge), ['413']);
  const stranger = { ...call, credentials: { ...rootKey, accessKeyId: 'AKIDNOBODY' } };
  assert.deepEqual(statuses(await sendRaw(port, rawHead(running, stranger, expecting(14)))), ['403']);
});

test('what the headers alone show to be wrong is refused before the body has come, in the words of its protocol', async (t) => {
  const cases: readonly (readonly [CallRequest, RegExp])[] = [
    [{ target: '/v1/echo', credentials: { ...rootKey, accessKeyId: 'AKIDNOBODY' } }, /UnrecognizedClientException/],
    [{ target: '/v1/nothing' }, /UnknownOperationException/],
    [{ target: '/', service: 'logs', headers: { 'x-amz-target': 'Logs_20140328.No' } }, /"__type":"UnknownOperation/],
    [
      { target: '/', service: 'sns', credentials: { ...rootKey, accessKeyId: 'AKIDNOBODY' } },
      /<ErrorResponse xmlns="http:\/\/sns.*<Code>InvalidClientTokenId</,
    ],
    [{ target: '/', service: 'ec2' }, /<Code>InvalidAction</],
  ];
  for (const [call, words] of cases) {
    const { socket, answered } = client(t, running.address.port);
    socket.write(rawHead(running, call, { 'content-length': '100' }));
    assert.match(await answered, words);
  }
});

test('a request signed too long ago is refused before its body has come', async (t) => {
  const { port } = running.address;
  const headers = sign({ target: '/v1/echo' }, port, running.clock.now() - 301_000);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { socket, answered } = client(t, port);
  socket.write(`POST /v1/echo HTTP/1.1\r\n${lines.join('')}content-length: 10\r\n\r\n`);
  assert.match(await answered, /Signature expired/);
});

test('a query-protocol operation may be named in the body, and its signature is checked with it', async (t) => {
  const call: CallRequest = { target: '/', service: 'sns', body: 'Action=Echo&Version=2010-03-31&name=abc' };
  assert.equal((await running.call(call)).status, 200);
  const altered = { ...call, headers: sign(call, running.address.port, running.clock.now()), body: `${call.body}d` };
  const refused = await running.send(altered);
  assert.match(refused.body, /<Code>SignatureDoesNotMatch</);
  const half = client(t, running.address.port);
  half.socket.write(rawHead(running, call, { 'content-length': '100' }) + call.body);
  await once(half.socket, 'ready');
  assert.equal(await Promise.race([half.answered, running.call(call).then(() => 'nothing yet')]), 'nothing yet');
});
