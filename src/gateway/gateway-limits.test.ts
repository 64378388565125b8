import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { CommitFailed } from '../core/errors.ts';
import { type RunningGateway, rawHead, sendRaw, sign, startGateway } from './gateway.fixture.ts';

let running: RunningGateway;
before(async () => {
  running = await startGateway({
    hosts: ['batch.example'],
    limits: { bodyBytes: 1000, headersTime: 200, requestTime: 400 },
  });
});
after(() => running.gateway.close());

function statusOf(raw: string): number {
  assert.match(raw, /x-amzn-requestid: [0-9a-f-]{36}\r\n/i);
  return Number(raw.slice(9, 12));
}

test('the host must be the address that was bound or a configured name, bare or behind an SDK prefix', async () => {
  const { port } = running.address;
  const good = [
    '127.0.0.1',
    'localhost',
    '[::1]:1',
    'LOCALHOST.',
    'batch.example:80',
    'sync-batch.example',
    'stream-localhost',
  ];
  for (const host of [...good, `127.0.0.1:${port}`]) {
    assert.equal((await running.send({ method: 'GET', target: '/healthz', headers: { host } })).status, 200, host);
  }
  for (const host of [
    'evil.example',
    'x.batch.example',
    'sync-sync-localhost',
    '10.0.0.1',
    'a b',
    'localhost:x',
    'localhost@evil',
  ]) {
    const response = await running.send({ method: 'GET', target: '/healthz', headers: { host } });
    assert.equal(response.status, 403, host);
    assert.equal(response.headers['x-amzn-errortype'], 'AccessDeniedException');
    assert.ok(response.headers['x-amzn-requestid']);
  }
});

test('a missing or repeated host is refused', async () => {
  const { port } = running.address;
  assert.equal(statusOf(await sendRaw(port, 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n')), 403);
  const twice = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nHost: evil\r\nconnection: close\r\n\r\n';
  assert.equal(statusOf(await sendRaw(port, twice)), 403);
});

test('what comes from another web site is refused, whatever it is signed with', async () => {
  const { port } = running.address;
  const host = `127.0.0.1:${port}`;
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    assert.equal((await running.call({ target: '/v1/echo', headers })).status, 403);
  }
  for (const headers of [
    { origin: `http://${host}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ]) {
    assert.equal((await running.call({ target: '/v1/echo', headers })).status, 200);
  }
});

test('a body over the limit is refused with 413, announced or not, and the connection lives on', async () => {
  const body = 'x'.repeat(200_000);
  const announced = await running.call({ target: '/v1/echo', body });
  assert.deepEqual([announced.status, announced.headers['x-amzn-errortype']], [413, 'RequestEntityTooLargeException']);
  const signed = sign({ target: '/v1/echo', body }, running.address.port, running.clock.now());
  const chunked = await running.send({
    target: '/v1/echo',
    body,
    headers: { ...signed, 'transfer-encoding': 'chunked' },
  });
  assert.equal(chunked.status, 413);
  const large = `${rawHead(running, { target: '/v1/echo' }, { 'content-length': '2000' })}${'x'.repeat(2000)}`;
  const next = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
  assert.match(await sendRaw(running.address.port, large + next), /^HTTP\/1.1 413 .*HTTP\/1.1 200 /s);
});

test('headers over the limits are refused with 431', async () => {
  const { port } = running.address;
  const large = `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`;
  assert.equal(statusOf(await sendRaw(port, large)), 431);
  const many = Array.from({ length: 101 }, (_, index) => `x-${index}: y\r\n`).join('');
  assert.equal(
    statusOf(await sendRaw(port, `GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${many}\r\n`)),
    431,
  );
});

test('what is not HTTP is refused with 400', async () => {
  const { port } = running.address;
  for (const raw of [
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n',
    '\x16\x03\x01',
  ]) {
    assert.equal(statusOf(await sendRaw(port, raw)), 400, raw);
  }
  const smuggled =
    'POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n';
  assert.equal(statusOf(await sendRaw(port, smuggled)), 400);
  const chunked = rawHead(running, { target: '/v1/echo' }, { 'transfer-encoding': 'chunked' });
  assert.equal(statusOf(await sendRaw(port, `${chunked}ZZ\r\n`)), 400);
});

test('a body is read whatever its content type says', async () => {
  for (const type of ['not a type', 'text/plain', ';;', '']) {
    const response = await running.call({
      target: '/v1/echo',
      body: '{"name":"abc"}',
      headers: { 'content-type': type },
    });
    assert.equal(response.status, 200, type);
  }
});

test('a request time shorter than the time for headers holds for both', async () => {
  const hasty = await startGateway({ limits: { requestTime: 100 } });
  assert.equal(statusOf(await sendRaw(hasty.address.port, 'GET / HTTP/1.1\r\n')), 408);
  await hasty.gateway.close();
});

test('a request that is not sent in time is refused with 408', async () => {
  const { port } = running.address;
  const [headers, body] = await Promise.all([
    sendRaw(port, 'POST /v1/echo HTTP/1.1\r\nhost: loc'),
    sendRaw(port, `${rawHead(running, { target: '/v1/echo' }, { 'content-length': '10' })}{`),
  ]);
  assert.equal(statusOf(headers), 408);
  assert.equal(statusOf(body), 408);
});

test('CONNECT, an odd expectation and an upgrade are answered, not hung up on', async () => {
  const { port } = running.address;
  const expected = await sendRaw(
    port,
    'GET /healthz HTTP/1.1\r\nhost: localhost\r\nexpect: magic\r\nconnection: close\r\n\r\n',
  );
  assert.equal(statusOf(expected), 200);
  const upgrade =
    'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close, upgrade\r\nupgrade: websocket\r\n\r\n';
  assert.equal(statusOf(`${(await sendRaw(port, upgrade)).split('\r\n\r\n')[0]}\r\n`), 200);
  assert.equal(statusOf(await sendRaw(port, 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n')), 405);
});

test('a client that goes away in the middle of its body leaves nothing behind', async () => {
  const gone = await startGateway();
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(gone.address.port, '127.0.0.1', () => {
    socket.write('POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{', () => socket.destroy());
  });
  socket.on('close', () => resolve());
  await promise;
  await gone.gateway.close();
});

test('health, readiness and metrics need no signature', async () => {
  let reason: string | undefined = 'loading';
  const starting = await startGateway({ readiness: () => (reason ? { ready: false, reason } : { ready: true }) });
  const get = (target: string) => starting.send({ method: 'GET', target });
  assert.equal((await get('/healthz')).status, 200);
  const unready = await get('/readyz');
  assert.deepEqual([unready.status, unready.body], [503, 'not ready: loading\n']);
  // What only reads goes on.
  assert.equal((await starting.call({ target: '/v1/echo' })).status, 200);
  const refused = await starting.call({ target: '/v1/fail', body: '{"how":"x"}' });
  assert.deepEqual([refused.status, refused.headers['x-amzn-errortype']], [503, 'ServerException']);
  assert.match(refused.body, /not ready: loading/);
  reason = undefined;
  assert.equal((await get('/readyz')).status, 200);
  assert.equal((await starting.call({ target: '/v1/echo' })).status, 200);
  assert.match((await get('/metrics')).body, /^# HELP/);
  assert.equal((await starting.send({ method: 'POST', target: '/healthz' })).status, 403);
  await starting.gateway.close();
});

test('no answer of an operation leaves before what it saw is durable', async () => {
  const order: string[] = [];
  const commit = Promise.withResolvers<void>();
  const { promise: asked, resolve: askedFor } = Promise.withResolvers<void>();
  const waiting = await startGateway({
    settled: () => {
      order.push('settling');
      askedFor();
      return commit.promise;
    },
  });
  const answers = [waiting.call({ target: '/v1/echo' }), waiting.call({ target: '/v1/fail', body: '{"how":"x"}' })];
  for (const answer of answers) void answer.then(() => order.push('answered'));
  await asked;
  // A health check, sent later, is answered first.
  await waiting.send({ method: 'GET', target: '/healthz' });
  order.push('committed');
  commit.resolve();
  await Promise.all(answers);
  assert.deepEqual(
    order.filter((step) => step !== 'settling'),
    ['committed', 'answered', 'answered'],
  );
  await waiting.gateway.close();
});

test('if a commit fails, every request built on it fails, with words and the right status', async () => {
  for (const [reason, status, words] of [
    ['disk-full', 503, /disk of the server is full/],
    ['not-leading', 503, /does not lead its installation/],
    ['lost-commits', 503, /older than it was/],
    ['failed', 500, /could not be stored/],
  ] as const) {
    const failing = await startGateway({ settled: () => Promise.reject(new CommitFailed(reason, 'x')) });
    for (const target of ['/v1/echo', '/v1/fail']) {
      const response = await failing.call({ target, body: '{"how":"x"}' });
      assert.deepEqual([response.status, response.headers['x-amzn-errortype']], [status, 'ServerException']);
      assert.match(response.body, words);
    }
    await failing.gateway.close();
  }
});

test('a read that may have seen what a failed commit undid looks again once memory is what is durable', async () => {
  let failing = true;
  const readable = Promise.withResolvers<void>();
  const { promise: asked, resolve: askedFor } = Promise.withResolvers<void>();
  const gateway = await startGateway({
    settled: () => (failing ? Promise.reject(new CommitFailed('failed', 'x')) : Promise.resolve()),
    readable: () => {
      askedFor();
      return readable.promise;
    },
  });
  const answer = gateway.call({ target: '/v1/echo' });
  await asked;
  // Of what changes, nothing is tried again.
  assert.equal((await gateway.call({ target: '/v1/fail', body: '{"how":"x"}' })).status, 500);
  failing = false;
  readable.resolve();
  assert.equal((await answer).status, 200);
  await gateway.gateway.close();
});
