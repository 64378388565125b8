import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Registry } from 'prom-client';
import { ManualClock } from '../core/clock.ts';
import { commandProtocol } from '../core/command-frames.ts';
import { type RunningGateway, rawHead, recordingLogger, sendRaw, startGateway } from './gateway.fixture.ts';

const healthz = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';

/** Connected, and known to the server. */
async function connected(test: TestContext, { address }: RunningGateway): Promise<Socket> {
  const socket = connect(address.port, '127.0.0.1');
  test.after(() => socket.destroy());
  socket.on('error', () => {}); // 'close' follows
  await once(socket, 'connect');
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function answer(socket: Socket, request: string): Promise<string> {
  const answered = once(socket, 'data');
  socket.write(request);
  const [bytes] = await answered;
  return String(bytes);
}

async function sumOf(metrics: Registry, name: string): Promise<number> {
  const metric = await metrics.getSingleMetric(name)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

test('requests sent ahead over one connection are served one after another, and answered in order', async (t) => {
  const running = await startGateway();
  let serving = 0;
  let most = 0;
  running.hooks.wait = async ({ requestId }) => {
    most = Math.max(most, ++serving);
    await new Promise((resolve) => setImmediate(resolve));
    serving--;
    return requestId;
  };
  const head = rawHead(running, { target: '/v1/wait' }, {});
  const last = rawHead(running, { target: '/v1/wait' }, { connection: 'close' });
  const raw = await sendRaw(running.address.port, head.repeat(20) + last);
  t.after(() => running.gateway.close());
  const ids = [...raw.matchAll(/"waited":"([^"]+)"/g)].map(([, id]) => id);
  assert.equal(ids.length, 21);
  assert.deepEqual(ids, ids.toSorted(), 'request ids count up');
  assert.equal(most, 1);
});

test('a client that goes on sending ahead is cut off, and others are served meanwhile', async (t) => {
  const metrics = new Registry();
  const running = await startGateway({ metrics });
  const socket = await connected(t, running);
  t.after(() => running.gateway.close());
  const gone = closed(socket);
  socket.resume().write('GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(10_000));
  assert.equal((await running.send({ method: 'GET', target: '/healthz' })).status, 200);
  await gone;
  const rendered = running.logged.filter(({ details }) => details.service === 'health');
  assert.ok(rendered.length < 200, `${rendered.length} were served`);
  assert.equal(await sumOf(metrics, 'batchyard_connections_dropped_total'), 1);
});

test('the metrics are rendered once a second, however often they are asked for', async (t) => {
  const clock = new ManualClock();
  const metrics = new Registry();
  const running = await startGateway({ clock, metrics });
  t.after(() => running.gateway.close());
  const scrape = async () => (await running.send({ method: 'GET', target: '/metrics' })).body;
  let rendered = 0;
  const render = metrics.metrics.bind(metrics);
  metrics.metrics = () => {
    rendered++;
    return render();
  };
  const bodies = new Set(await Promise.all([scrape(), scrape(), scrape()]));
  bodies.add(await scrape());
  assert.deepEqual([bodies.size, rendered], [1, 1]);
  clock.advance(1_000);
  await scrape();
  assert.equal(rendered, 2);
});

test('the metrics are for clients on this machine, for those who sign, or for everybody, as configured', async (t) => {
  const page = { method: 'GET', target: '/metrics' };
  const open = await startGateway();
  const guarded = await startGateway({ metricsAccess: 'key' });
  t.after(() => Promise.all([open.gateway.close(), guarded.gateway.close()]));
  assert.equal((await open.send(page)).status, 200);
  const refused = await guarded.send(page);
  assert.deepEqual([refused.status, refused.headers['x-amzn-errortype']], [403, 'AccessDeniedException']);
  assert.equal((await guarded.call(page)).status, 200);
  const wrong = { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' };
  assert.equal((await guarded.call({ ...page, credentials: wrong })).status, 403);
  assert.equal((await guarded.send({ ...page, target: '/healthz' })).status, 200);
});

test('a new connection displaces the one that has been idle for longest without a valid signature', async (t) => {
  const metrics = new Registry();
  const running = await startGateway({ metrics, limits: { connections: 3 } });
  const [known, first, second] = [
    await connected(t, running),
    await connected(t, running),
    await connected(t, running),
  ];
  t.after(() => running.gateway.close());
  const signed = rawHead(running, { target: '/v1/echo' }, {});
  assert.match(await answer(known, signed), /^HTTP\/1.1 200/);
  // It has been idle since now, not since it connected.
  assert.match(await answer(first, healthz), /^HTTP\/1.1 200/);
  // Half a request is no reason to stay.
  second.write('POST /v1/echo HTTP/1.1\r\nhost: loc');
  const [secondGone, firstGone] = [closed(second), closed(first)];
  const third = await connected(t, running);
  await secondGone;
  const fourth = await connected(t, running);
  await firstGone;
  for (const socket of [third, fourth]) assert.match(await answer(socket, healthz), /^HTTP\/1.1 200/);
  assert.match(await answer(known, signed), /^HTTP\/1.1 200/);
  assert.equal(await sumOf(metrics, 'batchyard_connections'), 3);
});

test('a connection that is being answered stays, and where all are, a new one is refused', async (t) => {
  const running = await startGateway({ limits: { connections: 2 } });
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const started = Promise.withResolvers<void>();
  let waiting = 0;
  running.hooks.wait = () => {
    if (++waiting === 2) started.resolve();
    return ended;
  };
  const sockets = [await connected(t, running), await connected(t, running)];
  const call = rawHead(running, { target: '/v1/wait' }, {});
  const answers = sockets.map((socket) => answer(socket, call));
  await started.promise;
  const refused = await connected(t, running);
  t.after(() => running.gateway.close());
  await closed(refused);
  end('done');
  for (const each of answers) assert.match(await each, /"waited":"done"/);
  assert.match(await answer(await connected(t, running), healthz), /^HTTP\/1.1 200/);
});

/** More than the system takes for a client that does not read. */
const large = 'x'.repeat(24 * 1024 * 1024);

test('a client that reads nothing of its answer is closed', async (t) => {
  const running = await startGateway({ limits: { answerTime: 1 } });
  t.after(() => running.gateway.close());
  running.hooks.wait = async () => large;
  const socket = await connected(t, running);
  const gone = closed(socket.pause());
  socket.write(rawHead(running, { target: '/v1/wait' }, {}));
  while ((await sumOf(running.metrics, 'batchyard_connections')) > 0) await new Promise(setImmediate);
  socket.resume();
  await gone;
});

test('a client that reads its answer late has it whole, and its next request is served after it', async (t) => {
  const running = await startGateway();
  t.after(() => running.gateway.close());
  let served = 0;
  running.hooks.wait = async () => {
    served++;
    return large;
  };
  const socket = await connected(t, running);
  socket.pause().write(rawHead(running, { target: '/v1/wait' }, {}).repeat(2));
  await once(socket, 'readable');
  // Another one's answer shows that the second has had its time.
  await running.send({ method: 'GET', target: '/healthz' });
  assert.equal(served, 1);
  let got = 0;
  const { promise: both, resolve } = Promise.withResolvers<void>();
  socket.on('data', (bytes: Buffer) => {
    got += bytes.length;
    if (got > 2 * large.length) resolve();
  });
  await both;
  assert.equal(served, 2);
});

test('idle connections give way when no file can be opened, and those that are being answered do not', async (t) => {
  const clock = new ManualClock();
  const metrics = new Registry();
  let short = 0;
  const running = await startGateway({ clock, metrics, canOpenFile: () => short-- <= 0 });
  t.after(() => running.gateway.close());
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const started = Promise.withResolvers<void>();
  running.hooks.wait = () => {
    started.resolve();
    return ended;
  };
  const busy = await connected(t, running);
  const answered = answer(busy, rawHead(running, { target: '/v1/wait' }, {}));
  await started.promise;
  const idle = [await connected(t, running), await connected(t, running)];
  for (const socket of idle) assert.match(await answer(socket, healthz), /^HTTP\/1.1 200/);
  const gone = idle.map(closed);
  short = 1;
  clock.advance(1_000);
  await gone[0];
  assert.equal(await sumOf(metrics, 'batchyard_connections'), 2);
  short = 5;
  clock.advance(1_000);
  await gone[1];
  end('done');
  assert.match(await answered, /"waited":"done"/);
  assert.equal(await sumOf(metrics, 'batchyard_connections_dropped_total'), 2);
  assert.match(running.logged.map(({ message }) => message).join('\n'), /no more files may be opened/);
});

for (const [what, request] of Object.entries({
  'a tunnel': 'CONNECT a.example:443 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a session of exec': `GET /none HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: ${commandProtocol}\r\n\r\n`,
  'no HTTP': 'nothing of the kind\r\n\r\n',
})) {
  test(`a client that resets its connection before it is refused ${what} ends nothing`, async (t) => {
    const running = await startGateway();
    t.after(() => running.gateway.close());
    const failed: unknown[] = [];
    const note = (error: unknown) => failed.push(error);
    process.on('uncaughtException', note);
    t.after(() => process.off('uncaughtException', note));
    const gone = Array.from({ length: 20 }, async () => {
      const socket = await connected(t, running);
      const isGone = closed(socket);
      socket.write(request, () => socket.resetAndDestroy());
      await isGone;
    });
    await Promise.all(gone);
    // Behind all of them.
    const other = await connected(t, running);
    assert.match(await answer(other, healthz), /^HTTP\/1.1 200 /);
    while ((await sumOf(running.metrics, 'batchyard_connections')) > 1) await new Promise(setImmediate);
    assert.deepEqual(failed, []);
  });
}

test('an operation that had no file left is to be tried again, and an idle connection gives way to that', async (t) => {
  let short = 0;
  const running = await startGateway({ canOpenFile: () => short-- <= 0 });
  t.after(() => running.gateway.close());
  const idle = await connected(t, running);
  await answer(idle, healthz);
  const gone = closed(idle);
  short = 1;
  for (const [service, code] of [
    ['logs', 'ServiceUnavailableException'],
    ['batch', 'ServerException'],
  ] as const) {
    const { target, ...more } = service === 'logs' ? logsFail : { target: '/v1/fail' };
    const answer = await running.call({ target, service, ...more, body: '{"how":"files"}' });
    assert.deepEqual([answer.status, answer.headers['x-amzn-errortype']], [503, code]);
    assert.match(answer.body, /may open no more files at the moment.* Try again/);
  }
  await gone;
  assert.ok(running.logged.every(({ level }) => level !== 'error'));
});

test('an operation that met an impossible state has memory rebuilt; any other bug is only logged', async (t) => {
  const told: unknown[] = [];
  const running = await startGateway({ onInternalError: (error) => told.push(error.message) });
  t.after(() => running.gateway.close());
  for (const how of ['bug', 'impossible', 'files', 'conflict']) {
    await running.call({ target: '/v1/fail', body: JSON.stringify({ how }) });
  }
  assert.deepEqual(told, ['one and one is three']);
  assert.equal(running.logged.filter(({ level }) => level === 'error').length, 2);
});

const logsFail = { target: '/', headers: { 'x-amz-target': 'Logs_20140328.Fail' } };

test('a connection that the system has no file for ends nothing, and is logged once in ten seconds', async (t) => {
  const clock = new ManualClock();
  const running = await startGateway({ clock });
  t.after(() => running.gateway.close());
  let server: EventEmitter | undefined;
  const find = (message: unknown) => {
    server = (message as { server: EventEmitter }).server;
  };
  subscribe('http.server.request.start', find);
  await running.send({ method: 'GET', target: '/healthz' });
  unsubscribe('http.server.request.start', find);
  const fail = () => server?.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  const warnings = () => running.logged.filter(({ level }) => level === 'warn').map(({ details }) => details);
  for (let failed = 0; failed < 5; failed++) fail();
  assert.deepEqual(warnings(), [{ code: 'EMFILE', count: 1 }]);
  clock.advance(10_000);
  fail();
  assert.deepEqual(warnings().at(-1), { code: 'EMFILE', count: 5 });
  assert.equal((await running.send({ method: 'GET', target: '/healthz' })).status, 200);
});

test('an address that cannot be listened on rejects, and is not said to be a connection', async (t) => {
  const first = await startGateway();
  t.after(() => first.gateway.close());
  const logged: RunningGateway['logged'] = [];
  const again = startGateway({ logger: recordingLogger(logged) }, first.address.port);
  await assert.rejects(again, { code: 'EADDRINUSE' });
  assert.deepEqual(logged, []);
});
